/**
 * The messages of the plugin API as data: for each field its number, its type, and the group of which
 * only one field is there. The names of the fields are our own; on the wire are the numbers alone.
 *
 * @module
 */

/** A type of protobuf, or a message; `[]` after it for several, `{}` for a map with texts as keys. */
interface FieldRow {
  readonly [field: string]:
    | readonly [number: number, type: string]
    | readonly [number: number, type: string, group: string];
}

/** What the services of go-plugin, of gRPC and of protobuf itself use. */
const COMMON = {
  Empty: {},
  Duration: { seconds: [1, "int64"], nanos: [2, "int32"] },
  Timestamp: { seconds: [1, "int64"], nanos: [2, "int32"] },
  Any: { typeUrl: [1, "string"], value: [2, "bytes"] },
  Status: { code: [1, "int32"], message: [2, "string"], details: [3, "Any[]"] },
  ErrorInfo: { reason: [1, "string"], domain: [2, "string"], metadata: [3, "string{}"] },
  RecoverableError: { recoverable: [1, "bool"] },
  HealthCheckRequest: { service: [1, "string"] },
  HealthCheckResponse: { status: [1, "int32"] },
  StdioData: { channel: [1, "int32"], data: [2, "bytes"] },
  ConnInfo: {
    serviceId: [1, "uint32"],
    network: [2, "string"],
    address: [3, "string"],
  },
} as const satisfies Readonly<Record<string, FieldRow>>;

/** What every plugin of Nomad has. */
const BASE = {
  PluginInfoResponse: {
    type: [1, "int32"],
    pluginApiVersions: [2, "string[]"],
    pluginVersion: [3, "string"],
    name: [4, "string"],
  },
  SchemaResponse: { spec: [1, "Spec"] },
  SetConfigRequest: {
    msgpackConfig: [1, "bytes"],
    nomadConfig: [2, "NomadConfig"],
    pluginApiVersion: [3, "string"],
  },
  NomadConfig: { driver: [1, "NomadDriverConfig"] },
  NomadDriverConfig: {
    clientMaxPort: [1, "uint32"],
    clientMinPort: [2, "uint32"],
    topology: [3, "Topology"],
  },
  Topology: { nodeIds: [1, "uint32[]"], cores: [3, "TopologyCore[]"] },
  TopologyCore: { coreId: [3, "uint32"], disable: [5, "bool"] },
  Spec: {
    object: [1, "SpecObject", "block"],
    array: [2, "SpecArray", "block"],
    attr: [3, "SpecAttr", "block"],
    blockValue: [4, "SpecBlock", "block"],
    blockAttrs: [5, "SpecAttr", "block"],
    blockList: [6, "SpecBlocks", "block"],
    blockSet: [7, "SpecBlocks", "block"],
    blockMap: [8, "SpecBlockMap", "block"],
    default: [9, "SpecDefault", "block"],
    literal: [10, "SpecLiteral", "block"],
  },
  SpecObject: { attributes: [1, "Spec{}"] },
  SpecArray: { values: [1, "Spec[]"] },
  SpecAttr: { name: [1, "string"], type: [2, "string"], required: [3, "bool"] },
  SpecBlock: { name: [1, "string"], required: [2, "bool"], nested: [3, "Spec"] },
  SpecBlocks: {
    name: [1, "string"],
    minItems: [2, "uint64"],
    maxItems: [3, "uint64"],
    nested: [4, "Spec"],
  },
  SpecBlockMap: { name: [1, "string"], labels: [2, "string[]"], nested: [3, "Spec"] },
  SpecDefault: { primary: [1, "Spec"], default: [2, "Spec"] },
  SpecLiteral: { value: [1, "string"] },
} as const satisfies Readonly<Record<string, FieldRow>>;

/** What a task is made from, and what is told of it. */
const TASKS = {
  TaskConfig: {
    id: [1, "string"],
    name: [2, "string"],
    msgpackDriverConfig: [3, "bytes"],
    env: [4, "string{}"],
    deviceEnv: [5, "string{}"],
    resources: [6, "Resources"],
    mounts: [7, "Mount[]"],
    devices: [8, "Device[]"],
    user: [9, "string"],
    allocDir: [10, "string"],
    stdoutPath: [11, "string"],
    stderrPath: [12, "string"],
    taskGroupName: [13, "string"],
    jobName: [14, "string"],
    allocId: [15, "string"],
    networkIsolation: [16, "NetworkIsolation"],
    jobId: [18, "string"],
    namespace: [19, "string"],
    nodeName: [20, "string"],
    nodeId: [21, "string"],
    parentJobId: [22, "string"],
  },
  Resources: {
    allocated: [1, "AllocatedResources"],
    linux: [2, "LinuxResources"],
    ports: [3, "PortMapping[]"],
  },
  AllocatedResources: { cpu: [1, "CpuResources"], memory: [2, "MemoryResources"] },
  CpuResources: { cpuShares: [1, "int64"] },
  MemoryResources: { memoryMb: [2, "int64"], memoryMaxMb: [3, "int64"] },
  LinuxResources: {
    cpuShares: [3, "int64"],
    memoryLimitBytes: [4, "int64"],
    cpusetCpus: [6, "string"],
  },
  PortMapping: {
    label: [1, "string"],
    value: [2, "int32"],
    to: [3, "int32"],
    hostIp: [4, "string"],
  },
  Mount: {
    taskPath: [1, "string"],
    hostPath: [2, "string"],
    readonly: [3, "bool"],
    propagationMode: [4, "string"],
    selinuxLabel: [5, "string"],
  },
  Device: { taskPath: [1, "string"], hostPath: [2, "string"], cgroupPermissions: [3, "string"] },
  NetworkIsolation: { mode: [1, "int32"], path: [2, "string"], labels: [3, "string{}"] },
  NetworkOverride: { portMap: [1, "int32{}"], addr: [2, "string"], autoAdvertise: [3, "bool"] },
  TaskHandle: {
    version: [1, "int32"],
    config: [2, "TaskConfig"],
    state: [3, "int32"],
    driverState: [4, "bytes"],
  },
  ExitResult: { exitCode: [1, "int32"], signal: [2, "int32"], oomKilled: [3, "bool"] },
  TaskStatus: {
    id: [1, "string"],
    name: [2, "string"],
    state: [3, "int32"],
    startedAt: [4, "Timestamp"],
    completedAt: [5, "Timestamp"],
    result: [6, "ExitResult"],
  },
  TaskDriverStatus: { attributes: [1, "string{}"] },
  TaskStats: {
    id: [1, "string"],
    timestamp: [2, "Timestamp"],
    aggregate: [3, "ResourceUsage"],
    byPid: [4, "ResourceUsage{}"],
  },
  ResourceUsage: { cpu: [1, "CpuUsage"], memory: [2, "MemoryUsage"] },
  CpuUsage: {
    systemMode: [1, "double"],
    userMode: [2, "double"],
    totalTicks: [3, "double"],
    throttledPeriods: [4, "uint64"],
    throttledTime: [5, "uint64"],
    percent: [6, "double"],
    measuredFields: [7, "int32[]"],
  },
  MemoryUsage: {
    rss: [1, "uint64"],
    cache: [2, "uint64"],
    maxUsage: [3, "uint64"],
    kernelUsage: [4, "uint64"],
    kernelMaxUsage: [5, "uint64"],
    measuredFields: [6, "int32[]"],
    usage: [7, "uint64"],
    swap: [8, "uint64"],
  },
} as const satisfies Readonly<Record<string, FieldRow>>;

/** What the driver service is asked, and what it answers. */
const CALLS = {
  Attribute: {
    float: [1, "double", "value"],
    int: [2, "int64", "value"],
    text: [3, "string", "value"],
    bool: [4, "bool", "value"],
    unit: [5, "string"],
  },
  Capabilities: {
    sendSignals: [1, "bool"],
    exec: [2, "bool"],
    fsIsolation: [3, "int32"],
    networkIsolationModes: [4, "int32[]"],
    mustCreateNetwork: [5, "bool"],
    mountConfigs: [6, "int32"],
    disableLogCollection: [8, "bool"],
    dynamicWorkloadUsers: [9, "bool"],
  },
  CapabilitiesResponse: { capabilities: [1, "Capabilities"] },
  FingerprintResponse: {
    attributes: [1, "Attribute{}"],
    health: [2, "int32"],
    healthDescription: [3, "string"],
    err: [4, "string"],
  },
  RecoverTaskRequest: { taskId: [1, "string"], handle: [2, "TaskHandle"] },
  StartTaskRequest: { task: [1, "TaskConfig"] },
  StartTaskResponse: {
    result: [1, "int32"],
    driverErrorMsg: [2, "string"],
    handle: [3, "TaskHandle"],
    networkOverride: [4, "NetworkOverride"],
  },
  TaskIdRequest: { taskId: [1, "string"] },
  WaitTaskResponse: { result: [1, "ExitResult"], err: [2, "string"] },
  StopTaskRequest: { taskId: [1, "string"], timeout: [2, "Duration"], signal: [3, "string"] },
  DestroyTaskRequest: { taskId: [1, "string"], force: [2, "bool"] },
  InspectTaskResponse: {
    task: [1, "TaskStatus"],
    driver: [2, "TaskDriverStatus"],
    networkOverride: [3, "NetworkOverride"],
  },
  TaskStatsRequest: { taskId: [1, "string"], collectionInterval: [2, "Duration"] },
  TaskStatsResponse: { stats: [1, "TaskStats"] },
  SignalTaskRequest: { taskId: [1, "string"], signal: [2, "string"] },
  ExecTaskRequest: { taskId: [1, "string"], command: [2, "string[]"], timeout: [3, "Duration"] },
  ExecTaskResponse: { stdout: [1, "bytes"], stderr: [2, "bytes"], result: [3, "ExitResult"] },
  ExecSetup: { taskId: [1, "string"], command: [2, "string[]"], tty: [3, "bool"] },
  ExecSize: { height: [1, "int32"], width: [2, "int32"] },
  ExecData: { data: [1, "bytes"], close: [2, "bool"] },
  ExecStreamingRequest: {
    setup: [1, "ExecSetup"],
    ttySize: [2, "ExecSize"],
    stdin: [3, "ExecData"],
  },
  ExecStreamingResponse: {
    stdout: [1, "ExecData"],
    stderr: [2, "ExecData"],
    exited: [3, "bool"],
    result: [4, "ExitResult"],
  },
  CreateNetworkRequest: { allocId: [1, "string"], hostname: [2, "string"] },
  CreateNetworkResponse: { isolation: [1, "NetworkIsolation"], created: [2, "bool"] },
  DestroyNetworkRequest: { allocId: [1, "string"], isolation: [2, "NetworkIsolation"] },
  DriverTaskEvent: {
    taskId: [1, "string"],
    allocId: [2, "string"],
    taskName: [3, "string"],
    timestamp: [4, "Timestamp"],
    message: [5, "string"],
    annotations: [6, "string{}"],
  },
} as const satisfies Readonly<Record<string, FieldRow>>;

/** What the seam below a driver is carried by; see `bridge.ts`. JSON as text. */
const BRIDGE = {
  BridgeCall: { method: [1, "string"], params: [2, "string"], timeoutMs: [3, "double"] },
  BridgeAnswer: { json: [1, "string"], error: [2, "BridgeError"] },
  BridgeError: { kind: [1, "string"], code: [2, "string"], message: [3, "string"] },
} as const satisfies Readonly<Record<string, FieldRow>>;

/** All messages. */
export const MESSAGES = { ...COMMON, ...BASE, ...TASKS, ...CALLS, ...BRIDGE } as const;
