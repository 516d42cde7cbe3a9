/**
 * Turns the notation of `wire_types.ts` into readers and writers.
 *
 * @module
 */

import { RpcError } from "./errors.ts";
import { composites, type Fields, type TypedParam } from "./wire_types.ts";
import { isPlain, MAX_STRING, type XdrReader, type XdrWriter } from "./xdr.ts";

/** One notation, ready for use. */
export interface Codec {
  /** The fewest bytes a value takes. */
  readonly size: number;
  /** Checks and writes a value. @throws {Misfit} if it does not fit */
  write(writer: XdrWriter, value: unknown): void;
  /** Reads a value. */
  read(reader: XdrReader): unknown;
  /** True if the value stays on the wire. */
  readonly hidden?: boolean;
}

/** A value that does not fit. Where it is grows on the way out, so that a value that fits costs nothing. */
class Misfit extends Error {
  where = "";
}

function refuse(expected: string): never {
  throw new Misfit(expected);
}

/** Writes a part of a value: a field by its name, an item by its number. */
function writePart(w: XdrWriter, codec: Codec, value: unknown, part: string | number): void {
  try {
    codec.write(w, value);
  } catch (error) {
    if (error instanceof Misfit) {
      error.where = (typeof part === "number" ? `[${part}]` : `.${part}`) + error.where;
    }
    throw error;
  }
}

function integer(value: unknown, min: number, max: number): number {
  if (Number.isInteger(value) && value as number >= min && value as number <= max) {
    return value as number;
  }
  return refuse(`an integer from ${min} to ${max}`);
}

function text(value: unknown): string {
  if (typeof value === "string" && isPlain(value)) return value;
  if (typeof value !== "string" || value.includes("\0")) refuse("text without NUL");
  if (!value.isWellFormed()) refuse("well-formed Unicode");
  // A UTF-16 unit takes up to three bytes of UTF-8.
  if (value.length * 3 > MAX_STRING && new TextEncoder().encode(value).length > MAX_STRING) {
    refuse(`at most ${MAX_STRING} bytes of text`);
  }
  return value;
}

const i32: Codec = {
  size: 4,
  write: (w, v) => w.i32(integer(v, -0x80000000, 0x7fffffff)),
  read: (r) => r.i32(),
};

const u32: Codec = {
  size: 4,
  write: (w, v) => w.u32(integer(v, 0, 0xffffffff)),
  read: (r) => r.u32(),
};

const string: Codec = {
  size: 4,
  write: (w, v) => w.string(text(v)),
  read: (r) => r.string(),
};

const uuid: Codec = {
  size: 16,
  write(w, v) {
    if (typeof v !== "string" || !w.uuid(v)) refuse("a UUID with dashes");
  },
  read: (r) => r.uuid(),
};

const model: Codec = {
  size: 128,
  write(w, v) {
    const bytes = new TextEncoder().encode(text(v)).subarray(0, 31);
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
    write: (w, v) => w.hyper(integer(v, min, Number.MAX_SAFE_INTEGER)),
    read: (r) => Number(read(r)),
  };
}

const bool: Codec = {
  size: 4,
  write(w, v) {
    if (typeof v !== "boolean") refuse("true or false");
    w.i32(v ? 1 : 0);
  },
  read: (r) => r.i32() !== 0,
};

function hidden(value: number): Codec {
  return { size: 4, hidden: true, write: (w) => w.i32(value), read: (r) => r.i32() };
}

const NOTHING: Codec = { size: 0, write() {}, read() {} };

const scalars: Readonly<Record<string, Codec>> = {
  i32,
  u32,
  hyper: int64(Number.MIN_SAFE_INTEGER, (r) => r.hyper()),
  uhyper: int64(0, (r) => r.uhyper()),
  bool,
  string,
  uuid,
  model,
  flags: { ...u32, write: (w, v) => u32.write(w, v ?? 0) },
  one: hidden(1),
  skip: hidden(0),
};

const double: Codec = {
  size: 8,
  write(w, v) {
    if (typeof v !== "number") refuse("a number");
    w.double(v);
  },
  read: (r) => r.double(),
};

/** The types of a typed parameter by their number, which begins at 1. */
const paramTypes = ["int", "uint", "llong", "ullong", "double", "boolean", "string"] as const;
const paramCodecs = [i32, u32, scalars.hyper, scalars.uhyper, double, bool, string];

const paramType: Codec = {
  size: 4,
  write(w, v) {
    const index = paramTypes.findIndex((type) => type === v);
    if (index < 0) refuse(paramTypes.join(", "));
    w.i32(index + 1);
  },
  read(r) {
    const type = r.i32();
    const name = paramTypes[type - 1];
    if (name === undefined) throw new RpcError("malformed", `Unknown parameter type ${type}`);
    return name;
  },
};

const param: Codec = {
  size: 12,
  write(w, v) {
    const { field, type, value } = v as TypedParam;
    writePart(w, string, field, "field");
    writePart(w, paramType, type, "type");
    writePart(w, paramCodecs[paramTypes.indexOf(type)], value, "value");
  },
  read(r) {
    const field = r.string();
    const type = paramType.read(r) as TypedParam["type"];
    return { field, type, value: paramCodecs[paramTypes.indexOf(type)].read(r) };
  },
};

function optional(codec: Codec): Codec {
  return {
    size: 4,
    write(w, v) {
      w.i32(v === null || v === undefined ? 0 : 1);
      if (v !== null && v !== undefined) codec.write(w, v);
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
    write(w, v) {
      if (!Array.isArray(v)) refuse("an array");
      w.u32(v.length);
      v.forEach((item, i) => writePart(w, codec, item, i));
    },
    read: (r) => Array.from({ length: r.count(codec.size) }, () => codec.read(r)),
  };
}

function listed(codec: Codec): Codec {
  const items = list(codec);
  return {
    size: 8,
    write(w, v) {
      items.write(w, v);
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
    write(w, v) {
      if (typeof v !== "object" || v === null) refuse("an object");
      const object = v as Readonly<Record<string, unknown>>;
      for (const { name, codec } of members) writePart(w, codec, object[name], name);
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

/** The codec of a notation; for one of named fields a new one, to be kept by whoever uses it. */
export function codecOf(type: string | Fields | null): Codec {
  if (type === null) return NOTHING;
  return typeof type === "string" ? byType.getOrInsertComputed(type, parse) : struct(type);
}

function parse(type: string): Codec {
  if (type.startsWith("listed ")) return listed(codecOf(type.slice("listed ".length)));
  if (type.endsWith("[]")) return list(codecOf(type.slice(0, -2)));
  if (type.endsWith("?")) return optional(codecOf(type.slice(0, -1)));
  if (type === "param") return param;
  if (type in composites) return struct(composites[type as keyof typeof composites]);
  return scalars[type];
}

/** Writes a value; one that does not fit is a `bad-argument` that names the field after `where`. */
export function write(writer: XdrWriter, codec: Codec, value: unknown, where: string): void {
  try {
    codec.write(writer, value);
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    throw new RpcError("bad-argument", `"${where}${error.where}" must be ${error.message}`);
  }
}

/** Reads a whole payload; anything else than exactly one value is `malformed`. */
export function read(codec: Codec, reader: XdrReader): unknown {
  const value = codec.read(reader);
  reader.end();
  return value;
}
