/**
 * Mutants of persistent memory, shared folders and network namespaces.
 *
 * @module
 */

import type { Json } from "../../../drivers/backend/backend.ts";
import type { Subject } from "../../../drivers/contract/mod.ts";
import {
  afterFailure,
  field,
  forgiving,
  keepingHalf,
  onNetworks,
  onPlan9,
  onVpmem,
  onVsmb,
  requests,
  retold,
  uvmError,
  type UvmMutant,
  withField,
} from "./uvm_mutant.ts";

const about = (hostPath: string): Subject => `attachment:${hostPath}`;
const pathOf = (request: Json): string => String(field(request, "ResourcePath") ?? "");
const typeOf = (request: Json): unknown => field(request, "GuestRequest", "ResourceType");

/** Mutants of persistent memory. */
const VPMEM: readonly UvmMutant[] = [
  {
    id: "vpmem-numbers-are-used-once",
    breaks: "uvm.vpmem.order",
    why: "A counter in the place of a table",
    mutate: onVpmem((vpmem) => {
      let next = 0;
      return {
        add: async (device, options) => {
          const made = await vpmem.add(device, options);
          if (made.references > 1) return made;
          const number = next++;
          return { ...made, location: { key: String(number), device: number } };
        },
      };
    }),
  },
  {
    id: "vpmem-first-remove-detaches",
    breaks: "uvm.vpmem.shared",
    why: "D31: a count that is kept in a copy",
    mutate: onVpmem((vpmem) => ({
      remove: async (hostPath, options) => {
        const known = vpmem.attached().find((it) => it.hostPath === hostPath);
        for (let count = known?.references ?? 1; count > 0; count--) {
          await vpmem.remove(hostPath, options);
        }
      },
    })),
  },
  {
    id: "vpmem-reference-of-a-canceled-add",
    breaks: "uvm.vpmem.shared",
    why: "H1: a waiter that is gone keeps its reference; D12: counts that nobody takes down",
    mutate: onVpmem((vpmem) => {
      let removes = 0;
      return {
        remove: async (hostPath, options) => {
          if (++removes === 128) return;
          await vpmem.remove(hostPath, options);
        },
      };
    }),
  },
  {
    id: "vpmem-limit-is-the-services",
    breaks: "uvm.vpmem.full",
    why: "D6, D7: hcsshim's table has 128 entries, and its error no type",
    mutate: retold(["resource-exhausted", "no-available-location"], {
      code: "unknown",
      reason: undefined,
    }),
  },
  {
    id: "vpmem-expose-is-ignored",
    breaks: "uvm.vpmem.expose",
    why: "D8: hcsshim answers an empty guest path, and success",
    mutate: onVpmem((vpmem) => ({
      add: async (device, options) => {
        const isThere = vpmem.attached().some(({ hostPath }) => hostPath === device.hostPath);
        return await vpmem.add(isThere ? { hostPath: device.hostPath } : device, options);
      },
    })),
  },
  {
    id: "vpmem-guest-is-asked-always",
    breaks: "uvm.vpmem.hidden",
    why: "D9: hcsshim has the guest unmount what it never mounted",
    below: (call) => async (method, params) => {
      const request = field(params, "request") ?? null;
      const isRemoval = field(request, "RequestType") === "Remove" &&
        /VirtualPMem/.test(pathOf(request));
      if (method === "system.modify" && isRemoval) {
        const Settings = { DeviceNumber: 0, MountPath: "" };
        const GuestRequest = { ResourceType: "VPMemDevice", RequestType: "Remove", Settings };
        await call(method, withField(params, ["request"], { GuestRequest }));
      }
      return await call(method, params);
    },
  },
  {
    id: "vpmem-failed-remove-forgets",
    breaks: "uvm.vpmem.remove-failed",
    why: "D12: a count that is taken down before the service refuses",
    mutate: onVpmem((vpmem) => {
      const gone = new Set<string>();
      return {
        remove: (hostPath, options) =>
          afterFailure(() => vpmem.remove(hostPath, options), () => gone.add(hostPath)),
        attached: () => vpmem.attached().filter(({ hostPath }) => !gone.has(hostPath)),
      };
    }),
  },
  {
    id: "vpmem-root-can-be-removed",
    breaks: "uvm.vpmem.reserved",
    why: "D10: hcsshim booked the root under its file's name",
    mutate: onVpmem((vpmem, vm) => ({
      remove: (hostPath, options) =>
        forgiving("failed-precondition", () => vpmem.remove(hostPath, options), async () => {
          const ResourcePath = "VirtualMachine/Devices/VirtualPMem/Devices/0";
          await vm.modify({ ResourcePath, RequestType: "Remove" });
        }),
    })),
  },
  {
    id: "vpmem-is-always-vhd1",
    breaks: "uvm.vpmem.format",
    why: "Section 1.7: hcsshim says Vhd1 of every file",
    below: requests((request) =>
      field(request, "Settings", "ImageFormat") === undefined
        ? request
        : withField(request, ["Settings", "ImageFormat"], "Vhd1")
    ),
  },
];

/** Mutants of shared folders. */
const SHARES: readonly UvmMutant[] = [
  {
    id: "vsmb-first-remove-removes",
    breaks: "uvm.share.shared",
    why: "A table without a count",
    mutate: onVsmb((vsmb) => ({
      remove: async (hostPath, options) => {
        const known = vsmb.attached().find((it) => it.hostPath === hostPath);
        for (let count = known?.references ?? 1; count > 0; count--) {
          await vsmb.remove(hostPath, options);
        }
      },
    })),
  },
  {
    id: "plan9-adds-again",
    breaks: "uvm.share.shared",
    why: "D32: a count that begins with 0",
    mutate: onPlan9((plan9) => ({
      add: async (folder, options) => {
        const share = await plan9.add(folder, options);
        return { ...share, name: `${share.name}-${share.references}` };
      },
    })),
  },
  {
    id: "vsmb-remove-underflows",
    breaks: "uvm.share.remove-failed",
    why: "D12: hcsshim counts down first, and the second remove answers success for ever",
    mutate: onVsmb((vsmb) => {
      const failed = new Set<string>();
      return {
        remove: async (hostPath, options) => {
          if (failed.has(hostPath)) return;
          await afterFailure(() => vsmb.remove(hostPath, options), () => failed.add(hostPath));
        },
      };
    }),
  },
  {
    id: "plan9-failed-remove-is-final",
    breaks: "uvm.share.remove-failed",
    why: "H2, H4: a release that can be asked for once",
    mutate: onPlan9((plan9) => {
      const failed = new Set<string>();
      return {
        remove: async (hostPath, options) => {
          if (failed.has(hostPath)) throw uvmError("not-found", about(hostPath), "not-attached");
          await afterFailure(() => plan9.remove(hostPath, options), () => failed.add(hostPath));
        },
      };
    }),
  },
  {
    id: "vsmb-options-of-the-first",
    breaks: "uvm.share.conflict",
    why: "D13: a read-only share is answered to who wants to write",
    mutate: onVsmb((vsmb) => ({
      add: (folder, options) =>
        forgiving(
          "failed-precondition",
          () => vsmb.add(folder, options),
          () => vsmb.add({ ...folder, readOnly: !(folder.readOnly ?? true) }, options),
        ),
    })),
  },
  {
    id: "plan9-path-of-the-first",
    breaks: "uvm.share.conflict",
    why: "D14: hcsshim answers success for another guest path, and mounts nothing there",
    mutate: onPlan9((plan9) => ({
      add: (folder, options) =>
        forgiving("failed-precondition", () => plan9.add(folder, options), () => {
          const { hostPath, guestPath } = folder;
          return { hostPath, guestPath, name: "", readOnly: false, references: 2 };
        }),
    })),
  },
  {
    id: "plan9-read-only-is-the-guests",
    breaks: "uvm.share.read-only",
    why: "Section 1.9: hcsshim marks the mount, and not the share",
    below: requests((request) =>
      field(request, "Settings", "Flags") === undefined
        ? request
        : withField(request, ["Settings", "Flags"], undefined)
    ),
  },
  {
    id: "vsmb-names-are-used-again",
    breaks: "uvm.share.failed",
    why: "A name that is still there for the host, and is given to another folder",
    mutate: onVsmb((vsmb) => ({
      add: async (folder, options) => ({ ...await vsmb.add(folder, options), name: "s1" }),
    })),
  },
  {
    id: "vsmb-names-in-two-bases",
    breaks: "uvm.share.names",
    why: "Section 1.8: the tenth share is sa, and is looked for as s10",
    mutate: onVsmb((vsmb) => ({
      add: async (folder, options) => {
        const share = await vsmb.add(folder, options);
        const name = `s${parseInt(share.name.slice(1), 16)}`;
        return { ...share, name };
      },
    })),
  },
  {
    id: "vsmb-unknown-remove-takes-the-last",
    breaks: "uvm.attach.unknown",
    why: "H3: a loop that finds nothing, and goes on with the last thing it saw",
    mutate: onVsmb((vsmb) => ({
      remove: (hostPath, options) =>
        forgiving("not-found", () => vsmb.remove(hostPath, options), async () => {
          const last = vsmb.attached().at(-1);
          if (last) await vsmb.remove(last.hostPath, options);
        }),
    })),
  },
  {
    id: "vsmb-path-of-the-last",
    breaks: "uvm.vsmb.path",
    why: "A path that is put together from what the counter says now",
    mutate: onVsmb((vsmb) => {
      let adds = 0;
      return {
        add: async (folder, options) => {
          adds++;
          return await vsmb.add(folder, options);
        },
        guestPath: (hostPath) => vsmb.guestPath(hostPath).replace(/s[0-9a-f]+$/, `s${adds}`),
      };
    }),
  },
  {
    id: "vsmb-request-is-kept",
    breaks: "uvm.vsmb.request",
    why: "Section 1.8: hcsshim keeps the request to the guest, and never sends it",
    mutate: onVsmb((vsmb) => ({
      add: ({ guestRequest: _, ...folder }, options) => vsmb.add(folder, options),
    })),
  },
  {
    id: "plan9-is-not-mounted",
    breaks: "uvm.plan9.mount",
    why: "A share that the guest never hears of",
    below: requests((request) =>
      typeOf(request) === "MappedDirectory" && pathOf(request) === "" ? undefined : request
    ),
  },
  {
    id: "plan9-half-shared-stays",
    breaks: "uvm.plan9.guest-failed",
    why: "The host's part is not taken back when the guest's fails",
    below: keepingHalf((request) => /Plan9/.test(pathOf(request))),
  },
];

/** Mutants of network namespaces. */
const NETWORKS: readonly UvmMutant[] = [
  {
    id: "network-adapters-have-one-id",
    breaks: "uvm.network.add",
    why: "An id for the call, and not for the adapter",
    mutate: onNetworks((networks) => ({
      add: async (id, endpoints, options) => {
        const made = await networks.add(id, endpoints, options);
        const [first] = made.adapters;
        const adapters = made.adapters.map((adapter) => ({ ...adapter, id: first?.id ?? "" }));
        return { ...made, adapters };
      },
    })),
  },
  {
    id: "network-guest-has-no-namespace",
    breaks: "uvm.network.guest",
    why: "Adapters in a namespace that the guest never heard of",
    below: requests((request) => typeOf(request) === "NetworkNamespace" ? undefined : request),
  },
  {
    id: "network-guest-keeps-the-namespace",
    breaks: "uvm.network.rollback",
    why: "D15: hcsshim's rollback removes adapters alone",
    below: requests((request) => {
      const isRemoval = field(request, "GuestRequest", "RequestType") === "Remove";
      return typeOf(request) === "NetworkNamespace" && isRemoval ? undefined : request;
    }),
  },
  {
    id: "network-first-remove-removes",
    breaks: "uvm.network.shared",
    why: "D16: hcsshim takes the namespace out of the guest with every remove",
    mutate: onNetworks((networks) => ({
      remove: async (id, options) => {
        const known = networks.attached().find((it) => it.id === id);
        for (let count = known?.references ?? 1; count > 0; count--) {
          await networks.remove(id, options);
        }
      },
    })),
  },
  {
    id: "network-failed-remove-forgets",
    breaks: "uvm.network.remove-failed",
    why: "D17: hcsshim forgets the adapters that it could not remove",
    mutate: onNetworks((networks) => {
      const gone = new Set<string>();
      return {
        add: (id, endpoints, options) => {
          gone.delete(id);
          return networks.add(id, endpoints, options);
        },
        remove: (id, options) =>
          afterFailure(() => networks.remove(id, options), () => gone.add(id)),
        attached: () => networks.attached().filter(({ id }) => !gone.has(id)),
      };
    }),
  },
  {
    id: "network-unknown-remove-panics",
    breaks: "uvm.attach.unknown",
    why: "D17: hcsshim panics at a namespace that it does not know",
    mutate: onNetworks((networks) => ({
      remove: (id, options) =>
        forgiving("not-found", () => networks.remove(id, options), () => {
          throw new TypeError("Cannot read properties of undefined");
        }),
    })),
  },
  {
    id: "network-ids-are-text",
    breaks: "uvm.network.invalid",
    why: "Text of the caller in a path of the service",
    mutate: onNetworks((networks) => ({
      add: (id, endpoints, options) =>
        forgiving("invalid-argument", () => networks.add(id, endpoints, options), () => ({
          id,
          adapters: [],
          references: 1,
        })),
    })),
  },
];

/** The mutants. */
export const UVM_SHARE_MUTANTS: readonly UvmMutant[] = [...VPMEM, ...SHARES, ...NETWORKS];
