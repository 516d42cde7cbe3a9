/**
 * libvirt's states, reasons, event details and flags, as far as callers decide on them.
 *
 * @module
 */

/** What a domain is doing (virDomainState). */
export const DomainState = {
  NOSTATE: 0,
  RUNNING: 1,
  BLOCKED: 2,
  PAUSED: 3,
  SHUTDOWN: 4,
  SHUTOFF: 5,
  CRASHED: 6,
  PMSUSPENDED: 7,
} as const;

/** Why a domain is paused. */
export const PausedReason = {
  UNKNOWN: 0,
  USER: 1,
  MIGRATION: 2,
  SAVE: 3,
  DUMP: 4,
  IOERROR: 5,
  WATCHDOG: 6,
  FROM_SNAPSHOT: 7,
  SHUTTING_DOWN: 8,
  SNAPSHOT: 9,
  CRASHED: 10,
  STARTING_UP: 11,
} as const;

/** Why a domain is off. */
export const ShutoffReason = {
  UNKNOWN: 0,
  SHUTDOWN: 1,
  DESTROYED: 2,
  CRASHED: 3,
  MIGRATED: 4,
  SAVED: 5,
  FAILED: 6,
  FROM_SNAPSHOT: 7,
  DAEMON: 8,
} as const;

/** The type of a `domainLifecycle` event. */
export const LifecycleType = {
  DEFINED: 0,
  UNDEFINED: 1,
  STARTED: 2,
  SUSPENDED: 3,
  RESUMED: 4,
  STOPPED: 5,
  SHUTDOWN: 6,
  PMSUSPENDED: 7,
  CRASHED: 8,
} as const;

/** The detail of a `domainLifecycle` event, by its type. */
export const LifecycleDetail = {
  DEFINED: { ADDED: 0, UPDATED: 1, RENAMED: 2, FROM_SNAPSHOT: 3 },
  UNDEFINED: { REMOVED: 0, RENAMED: 1 },
  STARTED: { BOOTED: 0, MIGRATED: 1, RESTORED: 2, FROM_SNAPSHOT: 3, WAKEUP: 4 },
  SUSPENDED: {
    PAUSED: 0,
    MIGRATED: 1,
    IOERROR: 2,
    WATCHDOG: 3,
    RESTORED: 4,
    FROM_SNAPSHOT: 5,
    API_ERROR: 6,
  },
  RESUMED: { UNPAUSED: 0, MIGRATED: 1, FROM_SNAPSHOT: 2 },
  STOPPED: {
    SHUTDOWN: 0,
    DESTROYED: 1,
    CRASHED: 2,
    MIGRATED: 3,
    SAVED: 4,
    FAILED: 5,
    FROM_SNAPSHOT: 6,
  },
  SHUTDOWN: { FINISHED: 0, GUEST: 1, HOST: 2 },
  CRASHED: { PANICKED: 0, CRASHLOADED: 1 },
} as const;

/** The type of a `networkLifecycle` event. */
export const NetworkLifecycleType = { DEFINED: 0, UNDEFINED: 1, STARTED: 2, STOPPED: 3 } as const;

/** The `source` of `domainInterfaceAddresses`. */
export const AddressSource = { LEASE: 0, AGENT: 1, ARP: 2 } as const;

/** The `type` of an address or a lease. */
export const AddressType = { IPV4: 0, IPV6: 1 } as const;

/** The `type` of `domainGetMetadata` and `domainSetMetadata`. */
export const MetadataType = { DESCRIPTION: 0, TITLE: 1, ELEMENT: 2 } as const;

/** The kinds of figures that `connectGetAllDomainStats` is asked for. */
export const DomainStats = { STATE: 1, CPU_TOTAL: 2, BALLOON: 4, VCPU: 8 } as const;

/** The `flags` of calls, by the call. */
export const Flags = {
  domainList: { ACTIVE: 1, INACTIVE: 2, PERSISTENT: 4, TRANSIENT: 8 },
  domainDefine: { VALIDATE: 1 },
  domainCreate: { PAUSED: 1, AUTODESTROY: 2, BYPASS_CACHE: 4, FORCE_BOOT: 8, VALIDATE: 16 },
  domainShutdown: { ACPI: 1, AGENT: 2, INITCTL: 4, SIGNAL: 8, PARAVIRT: 16 },
  domainUndefine: {
    MANAGED_SAVE: 1,
    SNAPSHOTS_METADATA: 2,
    NVRAM: 4,
    KEEP_NVRAM: 8,
    CHECKPOINTS_METADATA: 16,
    TPM: 32,
    KEEP_TPM: 64,
  },
  domainXml: { SECURE: 1, INACTIVE: 2, UPDATE_CPU: 4, MIGRATABLE: 8 },
  domainConsole: { FORCE: 1, SAFE: 2 },
  networkDefine: { VALIDATE: 1 },
} as const;
