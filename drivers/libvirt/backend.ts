/**
 * The methods below the adapter: libvirt's own procedures under their own names, with XML as JSON,
 * and the few things that libvirt does not do.
 *
 * @module
 */

import type { Backend } from "../backend/backend.ts";
import type { JsonML } from "./jsonml.ts";

/** A domain: libvirt finds it by its UUID, tapes know it by its name. */
export type DomainRef = { readonly name: string; readonly uuid: string };
/** A virtual network. */
export type NetworkRef = { readonly name: string; readonly uuid: string };
/** A storage pool. */
export type PoolRef = { readonly name: string; readonly uuid: string };
/** A volume, by its pool's name and its own. */
export type VolumeRef = { readonly pool: string; readonly name: string };

/** An address of a guest's network interface. */
export type InterfaceAddresses = {
  readonly name: string;
  readonly mac: string | null;
  readonly addresses: readonly {
    readonly type: number;
    readonly address: string;
    readonly prefix: number;
  }[];
};

/** A lease of a network's DHCP server. */
export type LeaseRecord = {
  /** When it ends, in seconds since 1970; libvirt tells of those only that have not ended. */
  readonly expires: number;
  readonly type: number;
  readonly mac: string | null;
  readonly address: string;
  readonly hostname: string | null;
};

/** What a domain has of others: the rest of its definition is its owner's affair, and stays off tapes. */
export type DomainUses = {
  /** Its disks and all that they refer to: a volume by pool and name, or a file by its path. */
  readonly disks: readonly {
    readonly pool?: string;
    readonly volume?: string;
    readonly path?: string;
  }[];
  /** The names of its networks. */
  readonly networks: readonly string[];
};

/** Whether guests run on the processor itself; `unknown` until somebody had to know. */
export type Acceleration = {
  readonly acceleration: "kvm" | "none" | "unknown";
  /** How that was found out. */
  readonly why: string;
};

/** What a program in a guest answered. */
export type SshResult = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

/** Without content. */
export type None = Record<string, never>;
/** One method. */
export type Op<P, R> = { readonly params: Readonly<P>; readonly result: R };

/** The methods. A string that libvirt would take or give as XML is {@linkcode JsonML}. */
export type LibvirtMethods = {
  /** Versions, and what is known of acceleration; one call for a status. */
  hostFacts: Op<None, { readonly libvirt: string; readonly hypervisor: string } & Acceleration>;
  /** Finds out whether KVM works, by starting a machine that has to print something; once per process. */
  probeAcceleration: Op<None, Acceleration>;
  nodeGetInfo: Op<
    None,
    { readonly memory: number; readonly cpus: number; readonly mhz: number }
  >;

  connectListAllDomains: Op<{ flags: number }, readonly DomainRef[]>;
  domainLookupByName: Op<{ name: string }, DomainRef>;
  domainGetXmlDesc: Op<{ domain: DomainRef; flags: number }, JsonML>;
  /** What its definition says of disks and networks. */
  domainGetUses: Op<{ domain: DomainRef }, DomainUses>;
  domainGetInfo: Op<{ domain: DomainRef }, { readonly maxMemory: number; readonly vcpus: number }>;
  domainGetState: Op<{ domain: DomainRef }, { readonly state: number; readonly reason: number }>;
  domainGetMetadata: Op<{ domain: DomainRef; type: number; uri: string; flags: number }, JsonML>;
  /** What it used so far, by libvirt's names such as `cpu.time`; `stats` says of which kinds. */
  domainGetStats: Op<
    { domain: DomainRef; stats: number },
    Readonly<Record<string, number | string | boolean>>
  >;
  domainHasManagedSaveImage: Op<{ domain: DomainRef }, boolean>;
  domainInterfaceAddresses: Op<
    { domain: DomainRef; source: number },
    readonly InterfaceAddresses[]
  >;
  domainDefineXmlFlags: Op<{ xml: JsonML; flags: number }, DomainRef>;
  domainUndefineFlags: Op<{ domain: DomainRef; flags: number }, null>;
  domainSetMetadata: Op<
    {
      domain: DomainRef;
      type: number;
      metadata: JsonML;
      key: string;
      uri: string;
      flags: number;
    },
    null
  >;
  domainCreateWithFlags: Op<{ domain: DomainRef; flags: number }, DomainRef>;
  domainDestroyFlags: Op<{ domain: DomainRef; flags: number }, null>;
  domainShutdownFlags: Op<{ domain: DomainRef; flags: number }, null>;
  domainSuspend: Op<{ domain: DomainRef }, null>;
  domainResume: Op<{ domain: DomainRef }, null>;
  domainManagedSave: Op<{ domain: DomainRef; flags: number }, null>;
  domainManagedSaveRemove: Op<{ domain: DomainRef; flags: number }, null>;
  /** From now on what the guest prints comes as `console` events; a no-op if that is so already. */
  domainOpenConsole: Op<{ domain: DomainRef }, null>;

  connectListAllNetworks: Op<{ flags: number }, readonly NetworkRef[]>;
  networkLookupByName: Op<{ name: string }, NetworkRef>;
  networkGetXmlDesc: Op<{ network: NetworkRef; flags: number }, JsonML>;
  networkGetBridgeName: Op<{ network: NetworkRef }, string>;
  networkIsActive: Op<{ network: NetworkRef }, boolean>;
  networkGetDhcpLeases: Op<{ network: NetworkRef }, readonly LeaseRecord[]>;
  networkDefineXmlFlags: Op<{ xml: JsonML; flags: number }, NetworkRef>;
  /** Makes and starts a network that is forgotten when it ends. */
  networkCreateXml: Op<{ xml: JsonML }, NetworkRef>;
  networkCreate: Op<{ network: NetworkRef }, null>;
  networkSetAutostart: Op<{ network: NetworkRef; autostart: boolean }, null>;
  networkDestroy: Op<{ network: NetworkRef }, null>;
  networkUndefine: Op<{ network: NetworkRef }, null>;

  connectListAllStoragePools: Op<{ flags: number }, readonly PoolRef[]>;
  storagePoolLookupByName: Op<{ name: string }, PoolRef>;
  storagePoolGetXmlDesc: Op<{ pool: PoolRef; flags: number }, JsonML>;
  storagePoolIsActive: Op<{ pool: PoolRef }, boolean>;
  storagePoolDefineXml: Op<{ xml: JsonML; flags: number }, PoolRef>;
  storagePoolBuild: Op<{ pool: PoolRef; flags: number }, null>;
  storagePoolCreate: Op<{ pool: PoolRef; flags: number }, null>;
  storagePoolSetAutostart: Op<{ pool: PoolRef; autostart: boolean }, null>;
  storagePoolListAllVolumes: Op<{ pool: PoolRef; flags: number }, readonly VolumeRef[]>;
  storageVolLookupByName: Op<{ pool: PoolRef; name: string }, VolumeRef>;
  storageVolGetPath: Op<{ volume: VolumeRef }, string>;
  storageVolGetXmlDesc: Op<{ volume: VolumeRef; flags: number }, JsonML>;
  storageVolCreateXml: Op<{ pool: PoolRef; xml: JsonML; flags: number }, VolumeRef>;
  /** Writes a local file into a volume, from its beginning to its end. */
  storageVolUpload: Op<{ volume: VolumeRef; path: string }, null>;
  /** Whether a volume's file is as long as a local one: an upload that ended early is shorter. */
  storageVolHolds: Op<{ volume: VolumeRef; path: string }, boolean>;
  storageVolResize: Op<{ volume: VolumeRef; capacity: number; flags: number }, null>;
  storageVolDelete: Op<{ volume: VolumeRef; flags: number }, null>;

  /** Runs a program in the guest at an address; the user and the key are the live side's own affair. */
  "ssh.run": Op<{ address: string; argv: readonly string[] }, SshResult>;
  /** Opens a shell in the guest on this process's own terminal. */
  "ssh.shell": Op<{ address: string }, { readonly exitCode: number }>;
  /**
   * Has the guest switch itself off, or restart: by its agent as soon as that is there. The suite's
   * smallest guest, which has none, switches itself off when a key is pressed.
   */
  "guest.shutdown": Op<{ domain: DomainRef; mode: "powerdown" | "reboot" }, null>;
  /** Runs a program in a guest by its agent, as soon as that is there; answers what it printed. */
  "guest.run": Op<{ domain: DomainRef; argv: readonly string[] }, string>;

  /** Runs `iptables` on libvirt's host, which has to be this one. */
  "iptables.run": Op<
    { argv: readonly string[] },
    { readonly exitCode: number; readonly stderr: string }
  >;
  /** The rules of a table, one a line, as `iptables --list-rules` prints them. */
  "iptables.list": Op<{ table: string }, readonly string[]>;
  /** Lets what comes from 127.0.0.1 leave by a bridge. */
  "bridge.routeLocal": Op<{ bridge: string }, null>;
  /** Gives a guest's address back to the DHCP server in the guest's name. */
  "dhcp.release": Op<{ server: string; client: string; mac: string }, null>;

  /** Removes a domain's registration while it runs, and then ends it: nobody sees it switched off. */
  "domain.vanish": Op<{ domain: DomainRef }, null>;
  /** Ends a domain's QEMU as `kill -9` does. */
  "qemu.kill": Op<{ domain: DomainRef }, null>;
  /** Ends libvirt's daemon as `kill -9` does, and starts it again. */
  "daemon.restart": Op<None, null>;
};

/** What libvirt tells by itself. */
export type LibvirtEvent =
  /** A domain's life, in libvirt's numbers. */
  | {
    readonly type: "lifecycle";
    readonly domain: DomainRef;
    readonly event: number;
    readonly detail: number;
  }
  /** What a guest printed. */
  | { readonly type: "console"; readonly domain: DomainRef; readonly data: string }
  /** Events may have been missed: the connection was lost, and is opened again by the next call. */
  | { readonly type: "lost" };

/** The backend of this adapter. */
export type LibvirtBackend = Backend<LibvirtMethods, LibvirtEvent>;
