type Loose = Record<PropertyKey, unknown>;

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** A null prototype counts as a plain object, as in the real package. */
function prototypeOf(value: object): object {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

/** Values that hide their content from property enumeration, as something comparable. */
function unwrap(value: object): unknown {
  if (value instanceof Date) return value.getTime();
  if (value instanceof RegExp || value instanceof URL || value instanceof URLSearchParams) {
    return String(value);
  }
  if (value instanceof ArrayBuffer) return [...new Uint8Array(value)];
  return undefined;
}

function equalCollections(
  a: Map<unknown, unknown> | Set<unknown>,
  b: Map<unknown, unknown> | Set<unknown>,
  same: (a: unknown, b: unknown) => boolean,
): boolean {
  if (a.size !== b.size) return false;
  const rest = [...b.entries()];
  for (const [key, value] of a.entries()) {
    const at = rest.findIndex(([otherKey, other]) => same(key, otherKey) && same(value, other));
    if (at < 0) return false;
    rest.splice(at, 1);
  }
  return true;
}

/** Whether two values are structurally equal: `NaN` equals itself, `-0` equals `0`. */
export function equal(a: unknown, b: unknown): boolean {
  const seen = new Map<unknown, unknown>();
  const same = (a: unknown, b: unknown): boolean => {
    if (a === b || Object.is(a, b)) return true;
    if (!isObject(a) || !isObject(b) || prototypeOf(a) !== prototypeOf(b)) return false;
    if (seen.get(a) === b) return true;
    seen.set(a, b);
    const content = unwrap(a);
    if (content !== undefined) return same(content, unwrap(b));
    if ((a instanceof Map && b instanceof Map) || (a instanceof Set && b instanceof Set)) {
      return equalCollections(a, b, same);
    }
    const keys = Reflect.ownKeys(a);
    return keys.length === Reflect.ownKeys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && same((a as Loose)[key], (b as Loose)[key]));
  };
  return same(a, b);
}
