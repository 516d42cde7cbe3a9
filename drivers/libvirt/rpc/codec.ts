/**
 * Turns the notation of `wire_types.ts` into readers and writers.
 *
 * @module
 */

import { RpcError } from "./errors.ts";
import { composites, type Fields, type TypedParam } from "./wire_types.ts";
import { MAX_STRING, XdrReader, XdrWriter } from "./xdr.ts";

/** One notation, ready for use. */
interface Codec {
  /** The fewest bytes a value takes. */
  readonly size: number;
  /** Checks and writes a value; `where` names it in errors. */
  write(writer: XdrWriter, value: unknown, where: string): void;
  /** Reads a value. */
  read(reader: XdrReader): unknown;
  /** True if the value stays on the wire. */
  readonly hidden?: boolean;
}

function refuse(where: string, expected: string): never {
  throw new RpcError("bad-argument", `"${where}" must be ${expected}`);
}

function integer(value: unknown, where: string, min: number, max: number): number {
  if (Number.isInteger(value) && value as number >= min && value as number <= max) {
    return value as number;
  }
  return refuse(where, `an integer from ${min} to ${max}`);
}

function text(value: unknown, where: string): string {
  if (typeof value !== "string" || value.includes("\0")) refuse(where, "text without NUL");
  if (!value.isWellFormed()) refuse(where, "well-formed Unicode");
  // A UTF-16 unit takes up to three bytes of UTF-8.
  if (value.length * 3 > MAX_STRING && new TextEncoder().encode(value).length > MAX_STRING) {
    refuse(where, `at most ${MAX_STRING} bytes of text`);
  }
  return value;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const i32: Codec = {
  size: 4,
  write: (w, v, where) => w.i32(integer(v, where, -0x80000000, 0x7fffffff)),
  read: (r) => r.i32(),
};

const u32: Codec = {
  size: 4,
  write: (w, v, where) => w.u32(integer(v, where, 0, 0xffffffff)),
  read: (r) => r.u32(),
};

const string: Codec = {
  size: 4,
  write: (w, v, where) => w.string(text(v, where)),
  read: (r) => r.string(),
};

const uuid: Codec = {
  size: 16,
  write(w, v, where) {
    if (typeof v !== "string" || !UUID.test(v)) refuse(where, "a UUID with dashes");
    w.uuid(v);
  },
  read(r) {
    const hex = r.fixedOpaque(16).toHex();
    const part = (from: number, to?: number): string => hex.slice(from, to);
    return `${part(0, 8)}-${part(8, 12)}-${part(12, 16)}-${part(16, 20)}-${part(20)}`;
  },
};

const model: Codec = {
  size: 128,
  write(w, v, where) {
    const bytes = new TextEncoder().encode(text(v, where)).subarray(0, 31);
    for (let i = 0; i < 32; i++) w.i32(bytes[i] ?? 0);
  },
  read(r) {
    const bytes = Uint8Array.from({ length: 32 }, () => r.i32());
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  },
};

function int64(min: number, read: (r: XdrReader) => number | bigint): Codec {
  return {
    size: 8,
    write: (w, v, where) => w.hyper(integer(v, where, min, Number.MAX_SAFE_INTEGER)),
    read: (r) => Number(read(r)),
  };
}

const bool: Codec = {
  size: 4,
  write(w, v, where) {
    if (typeof v !== "boolean") refuse(where, "true or false");
    w.i32(v ? 1 : 0);
  },
  read: (r) => r.i32() !== 0,
};

function hidden(value: number): Codec {
  return { size: 4, hidden: true, write: (w) => w.i32(value), read: (r) => r.i32() };
}

const scalars: Readonly<Record<string, Codec>> = {
  i32,
  u32,
  hyper: int64(Number.MIN_SAFE_INTEGER, (r) => r.hyper()),
  uhyper: int64(0, (r) => r.uhyper()),
  bool,
  string,
  uuid,
  model,
  flags: { ...u32, write: (w, v, where) => u32.write(w, v ?? 0, where) },
  one: hidden(1),
  skip: hidden(0),
};

const double: Codec = {
  size: 8,
  write(w, v, where) {
    if (typeof v !== "number") refuse(where, "a number");
    w.double(v);
  },
  read: (r) => r.double(),
};

/** The types of a typed parameter by their number, which begins at 1. */
const paramTypes = ["int", "uint", "llong", "ullong", "double", "boolean", "string"] as const;
const paramCodecs = [i32, u32, scalars.hyper, scalars.uhyper, double, bool, string];

const param: Codec = {
  size: 12,
  write(w, v, where) {
    const { field, type, value } = v as TypedParam;
    const index = paramTypes.indexOf(type);
    if (index < 0) refuse(`${where}.type`, paramTypes.join(", "));
    w.string(text(field, `${where}.field`));
    w.i32(index + 1);
    paramCodecs[index].write(w, value, `${where}.value`);
  },
  read(r) {
    const field = r.string();
    const type = r.i32();
    if (type < 1 || type > paramTypes.length) {
      throw new RpcError("malformed", `Unknown parameter type ${type}`);
    }
    return { field, type: paramTypes[type - 1], value: paramCodecs[type - 1].read(r) };
  },
};

function optional(codec: Codec): Codec {
  return {
    size: 4,
    write(w, v, where) {
      w.i32(v === null || v === undefined ? 0 : 1);
      if (v !== null && v !== undefined) codec.write(w, v, where);
    },
    read(r) {
      const present = r.i32();
      if (present !== 0 && present !== 1) {
        throw new RpcError("malformed", `An optional value is announced by ${present}, not 0 or 1`);
      }
      return present === 1 ? codec.read(r) : null;
    },
  };
}

function list(codec: Codec): Codec {
  return {
    size: 4,
    write(w, v, where) {
      if (!Array.isArray(v)) refuse(where, "an array");
      w.u32(v.length);
      v.forEach((item, i) => codec.write(w, item, `${where}[${i}]`));
    },
    read: (r) => Array.from({ length: r.count(codec.size) }, () => codec.read(r)),
  };
}

function listed(codec: Codec): Codec {
  const items = list(codec);
  return {
    size: 8,
    write(w, v, where) {
      items.write(w, v, where);
      w.u32((v as unknown[]).length);
    },
    read(r) {
      const value = items.read(r);
      r.u32();
      return value;
    },
  };
}

function struct(fields: Fields): Codec {
  const members = Object.entries(fields).map(([name, type]) => ({ name, codec: codecOf(type) }));
  return {
    size: members.reduce((size, { codec }) => size + codec.size, 0),
    write(w, v, where) {
      if (typeof v !== "object" || v === null) refuse(where, "an object");
      const object = v as Readonly<Record<string, unknown>>;
      for (const { name, codec } of members) codec.write(w, object[name], `${where}.${name}`);
    },
    read(r) {
      const object: Record<string, unknown> = {};
      for (const { name, codec } of members) {
        const value = codec.read(r);
        if (!codec.hidden) object[name] = value;
      }
      return object;
    },
  };
}

const byType = new Map<string, Codec>();
const byFields = new WeakMap<Fields, Codec>();

function codecOf(type: string | Fields): Codec {
  if (typeof type !== "string") {
    return byFields.getOrInsertComputed(type, struct);
  }
  return byType.get(type) ?? remember(type, parse(type));
}

function remember(type: string, codec: Codec): Codec {
  byType.set(type, codec);
  return codec;
}

function parse(type: string): Codec {
  if (type.startsWith("listed ")) return listed(codecOf(type.slice("listed ".length)));
  if (type.endsWith("[]")) return list(codecOf(type.slice(0, -2)));
  if (type.endsWith("?")) return optional(codecOf(type.slice(0, -1)));
  if (type === "param") return param;
  if (type in composites) return struct(composites[type as keyof typeof composites]);
  return scalars[type];
}

/** One for all values: nothing else happens while one is written. */
const writer = new XdrWriter();

/** Encodes a value; one that does not fit is a `bad-argument` that names the field after `where`. */
export function encode(
  type: string | Fields | null,
  value: unknown,
  where: string,
): Uint8Array<ArrayBuffer> {
  if (type === null) return new Uint8Array(0);
  writer.clear();
  codecOf(type).write(writer, value, where);
  return writer.finish();
}

/** Decodes a whole payload; anything else than exactly one value is `malformed`. */
export function decode(type: string | Fields | null, payload: Uint8Array): unknown {
  const reader = new XdrReader(payload);
  const value = type === null ? undefined : codecOf(type).read(reader);
  reader.end();
  return value;
}
