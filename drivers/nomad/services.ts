/**
 * The services on a plugin's socket as data: who is asked what, and what is answered.
 *
 * @module
 */

import type { MessageName } from "./message_types.ts";

/** One method of a service. */
export interface Rpc {
  /** The message that it takes. */
  readonly request: MessageName;
  /** The message that it answers. */
  readonly response: MessageName;
  /** Whether requests are a stream. */
  readonly requests?: true;
  /** Whether answers are. */
  readonly responses?: true;
}

/** One service. */
export interface ServiceRow {
  /** Its full name. */
  readonly name: string;
  /** Its methods. */
  readonly methods: Readonly<Record<string, Rpc>>;
}

/**
 * All services: those of go-plugin, those of Nomad, a method that no plugin has, and the seam below a
 * driver of our own.
 */
export const SERVICES = {
  health: {
    name: "grpc.health.v1.Health",
    methods: { Check: { request: "HealthCheckRequest", response: "HealthCheckResponse" } },
  },
  controller: {
    name: "plugin.GRPCController",
    methods: { Shutdown: { request: "Empty", response: "Empty" } },
  },
  stdio: {
    name: "plugin.GRPCStdio",
    methods: { StreamStdio: { request: "Empty", response: "StdioData", responses: true } },
  },
  broker: {
    name: "plugin.GRPCBroker",
    methods: {
      StartStream: {
        request: "ConnInfo",
        response: "ConnInfo",
        requests: true,
        responses: true,
      },
    },
  },
  base: {
    name: "hashicorp.nomad.plugins.base.proto.BasePlugin",
    methods: {
      PluginInfo: { request: "Empty", response: "PluginInfoResponse" },
      ConfigSchema: { request: "Empty", response: "SchemaResponse" },
      SetConfig: { request: "SetConfigRequest", response: "Empty" },
    },
  },
  driver: {
    name: "hashicorp.nomad.plugins.drivers.proto.Driver",
    methods: {
      Init: { request: "Empty", response: "Empty" },
      TaskConfigSchema: { request: "Empty", response: "SchemaResponse" },
      Capabilities: { request: "Empty", response: "CapabilitiesResponse" },
      Fingerprint: { request: "Empty", response: "FingerprintResponse", responses: true },
      RecoverTask: { request: "RecoverTaskRequest", response: "Empty" },
      StartTask: { request: "StartTaskRequest", response: "StartTaskResponse" },
      WaitTask: { request: "TaskIdRequest", response: "WaitTaskResponse" },
      StopTask: { request: "StopTaskRequest", response: "Empty" },
      DestroyTask: { request: "DestroyTaskRequest", response: "Empty" },
      InspectTask: { request: "TaskIdRequest", response: "InspectTaskResponse" },
      TaskStats: { request: "TaskStatsRequest", response: "TaskStatsResponse", responses: true },
      TaskEvents: { request: "Empty", response: "DriverTaskEvent", responses: true },
      Shutdown: { request: "Empty", response: "Empty" },
      SignalTask: { request: "SignalTaskRequest", response: "Empty" },
      ExecTask: { request: "ExecTaskRequest", response: "ExecTaskResponse" },
      ExecTaskStreaming: {
        request: "ExecStreamingRequest",
        response: "ExecStreamingResponse",
        requests: true,
        responses: true,
      },
      CreateNetwork: { request: "CreateNetworkRequest", response: "CreateNetworkResponse" },
      DestroyNetwork: { request: "DestroyNetworkRequest", response: "Empty" },
    },
  },
  unknown: {
    name: "hashicorp.nomad.plugins.drivers.proto.Driver",
    methods: { NoSuchMethod: { request: "Empty", response: "Empty" } },
  },
  bridge: {
    name: "vmtck.Backend",
    methods: {
      Call: { request: "BridgeCall", response: "BridgeAnswer" },
      Events: { request: "Empty", response: "BridgeAnswer", responses: true },
      Hold: { request: "Empty", response: "Empty", responses: true },
    },
  },
} as const satisfies Readonly<Record<string, ServiceRow>>;

/** The name of a service in the table. */
export type ServiceName = keyof typeof SERVICES;

/** The names of a service's methods. */
export type MethodName<S extends ServiceName> = keyof typeof SERVICES[S]["methods"] & string;

/** One method's row. */
export type RpcOf<S extends ServiceName, M extends MethodName<S>> =
  typeof SERVICES[S]["methods"][M] extends infer R extends Rpc ? R : never;

/** The methods of a service that answer once. */
export type UnaryName<S extends ServiceName> = {
  [M in MethodName<S>]: RpcOf<S, M> extends { readonly responses: true } ? never : M;
}[MethodName<S>];

/** The methods of a service that take one request and answer a stream. */
export type StreamName<S extends ServiceName> = {
  [M in MethodName<S>]: RpcOf<S, M> extends { readonly responses: true }
    ? RpcOf<S, M> extends { readonly requests: true } ? never : M
    : never;
}[MethodName<S>];
