/**
 * The composite values of libvirt's protocol, and a notation for the types of its procedures that both
 * the codec and the TypeScript compiler read.
 *
 * | notation | on the wire | in TypeScript |
 * |---|---|---|
 * | `i32`, `u32`, `hyper`, `uhyper` | 4 or 8 bytes (libvirt's 8 and 16 bit fields take 4 too) | `number` |
 * | `bool` | 4 bytes | `boolean` |
 * | `string`, `uuid` | text; 16 bytes | `string`, a UUID in lower case with dashes |
 * | `flags` | 4 bytes | `number`, 0 if left out |
 * | `domain`, … | a composite of the table below | an object |
 * | `T?` | optional | `T \| null`, null if left out |
 * | `T[]` | counted list | an array |
 * | `listed T` | counted list, then its count once more | an array |
 * | `one`, `skip` | the number 1; a number of no use here | nothing |
 *
 * 64-bit numbers beyond 2^53 are rounded: they are sizes and counters, and values stay plain JSON.
 *
 * @module
 */

/** The composites, field by field in the order of the wire. */
export const composites = {
  domain: { name: "string", uuid: "uuid", id: "i32" },
  network: { name: "string", uuid: "uuid" },
  pool: { name: "string", uuid: "uuid" },
  volume: { pool: "string", name: "string", key: "string" },
  address: { type: "i32", address: "string", prefix: "u32" },
  interface: { name: "string", mac: "string?", addresses: "address[]" },
  lease: {
    interface: "string",
    expires: "hyper",
    type: "i32",
    mac: "string?",
    iaid: "string?",
    address: "string",
    prefix: "u32",
    hostname: "string?",
    clientId: "string?",
  },
  stats: { domain: "domain", params: "param[]" },
} as const;

/** The TypeScript side of each scalar notation. */
export interface Scalars {
  /** A signed 32-bit integer. */
  i32: number;
  /** An unsigned 32-bit integer. */
  u32: number;
  /** A signed 64-bit integer. */
  hyper: number;
  /** An unsigned 64-bit integer. */
  uhyper: number;
  /** A truth value. */
  bool: boolean;
  /** UTF-8 text without NUL. */
  string: string;
  /** A UUID in lower case with dashes. */
  uuid: string;
  /** A bit set that may be left out. */
  flags: number;
  /** A CPU model name in 32 characters. */
  model: string;
  /** A name with a value of one of seven types. */
  param: TypedParam;
}

/** One named value of a statistics record. */
export interface TypedParam {
  /** The name, such as `"state.state"`. */
  field: string;
  /** The type that libvirt gave it. */
  type: "int" | "uint" | "llong" | "ullong" | "double" | "boolean" | "string";
  /** The value in the JSON type that fits. */
  value: number | boolean | string;
}

/** Fields that are on the wire only. */
export type HiddenType = "one" | "skip";

/** A notation without suffix. */
export type BaseType = keyof Scalars | keyof typeof composites;

/** Every notation that a table may use. */
export type WireType = BaseType | `${BaseType}?` | `${BaseType}[]` | `listed ${BaseType}`;

/** Named fields in the order of the wire. */
export type Fields = Readonly<Record<string, WireType | HiddenType>>;

/** What the table says of one procedure. */
export interface Procedure {
  /** Its number within its program. */
  readonly number: number;
  /** Set for the procedures of the QEMU program; the others belong to the general one. */
  readonly program?: "qemu";
  /** The arguments in the order of the wire. */
  readonly args: Fields;
  /** The answer: one value, an object, or null for none. */
  readonly result: WireType | Fields | null;
  /** True if it never waits for a guest, a job, a disk or a helper process. */
  readonly quick?: true;
  /** True if a successful answer opens a stream. */
  readonly stream?: true;
}

/** The TypeScript type of a notation. */
export type Value<T> = T extends `listed ${infer E}` ? Value<E>[]
  : T extends `${infer E}[]` ? Value<E>[]
  : T extends `${infer E}?` ? Value<E> | null
  : T extends keyof Scalars ? Scalars[T]
  : T extends keyof typeof composites ? Struct<typeof composites[T]>
  : never;

/** The object that a list of fields is read into. */
export type Struct<F> = {
  -readonly [K in keyof F as F[K] extends HiddenType ? never : K]: Value<F[K]>;
};

/** The object that a list of fields is written from: what has a default may be left out. */
export type Params<F> =
  & { [K in keyof F as F[K] extends HiddenType | Omittable ? never : K]: Value<F[K]> }
  & { [K in keyof F as F[K] extends Omittable ? K : never]?: Value<F[K]> };

/** Notations with a default. */
export type Omittable = "flags" | `${BaseType}?`;

/** A handle on a virtual machine; the daemon looks only at the UUID. The id is -1 while inactive. */
export type Domain = Value<"domain">;
/** A handle on a virtual network. */
export type Network = Value<"network">;
/** A handle on a storage pool. */
export type Pool = Value<"pool">;
/** A handle on a storage volume; the key is its path in folder pools. */
export type Volume = Value<"volume">;
