/**
 * What can go wrong between this client and libvirt.
 *
 * Three classes, told apart by who is speaking: {@linkcode LibvirtError} is the daemon's own answer,
 * {@linkcode ConnectionLost} means the answer will never come, and {@linkcode RpcError} is everything
 * this client finds out by itself.
 *
 * @module
 */

/** Why this client refused or gave up, when the daemon did not say so itself. */
export type RpcErrorCode =
  /** An argument does not fit the procedure; nothing was sent. */
  | "bad-argument"
  /** A connection URI that is not understood; nothing was opened. */
  | "bad-uri"
  /** No daemon socket at any of the known paths. */
  | "no-socket"
  /** The socket, or Deno's sandbox, does not let this process in. */
  | "permission-denied"
  /** Nothing listens at the other end, or the command could not be started. */
  | "unreachable"
  /** The daemon wants an authentication that this client does not speak. */
  | "unsupported-auth"
  /** The peer sent bytes that are not libvirt's protocol. */
  | "malformed"
  /** The connection ended before an answer. */
  | "connection-lost"
  /** A stream ended early, or carried another number of bytes than announced. */
  | "stream-ended";

/** A failure found by the client itself, before or beside any answer of the daemon. */
export class RpcError extends Error {
  /** The name of the class. */
  override readonly name: string = "RpcError";
  /** The machine-readable reason; decisions are made on this, never on the message. */
  readonly code: RpcErrorCode;

  /** Describes one failure; `message` names the subject and what to do. */
  constructor(code: RpcErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * The connection ended while a call was waiting, or before it could be sent.
 *
 * When {@linkcode ConnectionLost.sent} is true the outcome is unknown: the daemon may have done the
 * work, so the caller has to read the state again.
 */
export class ConnectionLost extends RpcError {
  /** The name of the class. */
  override readonly name = "ConnectionLost";
  /** True if the call had left this process, so that its outcome is unknown. */
  readonly sent: boolean;

  /** Describes the end of a connection as one call saw it. */
  constructor(message: string, sent: boolean, options?: ErrorOptions) {
    super("connection-lost", message, options);
    this.sent = sent;
  }
}

/** An error answer of the daemon. */
export class LibvirtError extends Error {
  /** The name of the class. */
  override readonly name = "LibvirtError";
  /** One of {@linkcode ErrorNumber}, or a newer number. */
  readonly code: number;
  /** The part of libvirt that raised it (virErrorDomain), 10 being the QEMU driver. */
  readonly domain: number;
  /** 1 for a warning, 2 for an error. */
  readonly level: number;
  /** The host's errno, where the code is that of a system error. */
  readonly errno?: number;

  /** Wraps the fields that the daemon sent. */
  constructor(code: number, domain: number, level: number, message: string, errno?: number) {
    super(message);
    this.code = code;
    this.domain = domain;
    this.level = level;
    if (code === ErrorNumber.SYSTEM_ERROR && errno) this.errno = errno;
  }
}

/** libvirt's error numbers (virErrorNumber) that callers decide on. */
export const ErrorNumber = {
  INTERNAL_ERROR: 1,
  NO_MEMORY: 2,
  NO_SUPPORT: 3,
  NO_CONNECT: 5,
  INVALID_CONN: 6,
  INVALID_DOMAIN: 7,
  INVALID_ARG: 8,
  OPERATION_FAILED: 9,
  NO_NAME: 21,
  XML_ERROR: 27,
  DOM_EXIST: 28,
  OPERATION_DENIED: 29,
  XML_DETAIL: 35,
  NETWORK_EXIST: 37,
  SYSTEM_ERROR: 38,
  RPC: 39,
  NO_DOMAIN: 42,
  NO_NETWORK: 43,
  INVALID_MAC: 44,
  AUTH_FAILED: 45,
  INVALID_STORAGE_POOL: 46,
  INVALID_STORAGE_VOL: 47,
  NO_STORAGE_POOL: 49,
  NO_STORAGE_VOL: 50,
  OPERATION_INVALID: 55,
  CONFIG_UNSUPPORTED: 67,
  OPERATION_TIMEOUT: 68,
  NO_DOMAIN_SNAPSHOT: 72,
  ARGUMENT_UNSUPPORTED: 74,
  STORAGE_POOL_BUILT: 76,
  OPERATION_ABORTED: 78,
  AUTH_CANCELLED: 79,
  NO_DOMAIN_METADATA: 80,
  OPERATION_UNSUPPORTED: 84,
  AGENT_UNRESPONSIVE: 86,
  RESOURCE_BUSY: 87,
  ACCESS_DENIED: 88,
  STORAGE_VOL_EXIST: 90,
  XML_INVALID_SCHEMA: 92,
  AUTH_UNAVAILABLE: 94,
  AGENT_UNSYNCED: 97,
  DEVICE_MISSING: 99,
  NO_HOSTNAME: 108,
} as const;
