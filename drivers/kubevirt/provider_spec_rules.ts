/**
 * Rules for the fields of a document that a user wrote: what is wrong is told with the field's name.
 *
 * @module
 */

import { Trouble } from "../backend/driver_errors.ts";

/** Holds a value to a rule; `path` is the field's name, such as `networks[0].name`. */
export type Rule = (value: unknown, path: string) => void;

/** The fields of an object. */
export type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with a field. */
export function wrong(path: string, why: string): Trouble {
  const field = path === "" ? "The provider spec" : `The field ${JSON.stringify(path)}`;
  return new Trouble("invalid-argument", `${field} ${why}`, "provider-spec");
}

/** Whether a value is an object of JSON. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The fields of an object. @throws {Trouble} if it is none */
export function fieldsOf(value: unknown, path: string): Fields {
  if (isFields(value)) return value;
  throw wrong(path, "must be an object");
}

const at = (path: string, key: string): string => path === "" ? key : `${path}.${key}`;

/** An object with these fields and no others; the required ones have to be there. */
export function object(
  rules: Readonly<Record<string, Rule>>,
  { required = [] }: { readonly required?: readonly string[] } = {},
): Rule {
  return (value, path) => {
    const fields = fieldsOf(value, path);
    for (const key of required) {
      if (fields[key] === undefined || fields[key] === null) {
        throw wrong(at(path, key), "is missing");
      }
    }
    for (const [key, child] of Object.entries(fields)) {
      if (!Object.hasOwn(rules, key)) {
        throw wrong(at(path, key), `does not exist: there are ${Object.keys(rules).join(", ")}`);
      }
      if (child !== undefined) rules[key]?.(child, at(path, key));
    }
  };
}

/** An object that has these fields, and others that only the server can judge. */
export function having(rules: Readonly<Record<string, Rule>>): Rule {
  return (value, path) => {
    const fields = fieldsOf(value, path);
    for (const [key, rule] of Object.entries(rules)) {
      if (fields[key] === undefined) throw wrong(at(path, key), "is missing");
      rule(fields[key], at(path, key));
    }
  };
}

/** An object whose keys are the user's own. */
export function map(ofKey: Rule, ofValue: Rule): Rule {
  return (value, path) => {
    for (const [key, child] of Object.entries(fieldsOf(value, path))) {
      const field = at(path, key);
      ofKey(key, field);
      ofValue(child, field);
    }
  };
}

/** A list. */
export function list(of: Rule): Rule {
  return (value, path) => {
    if (!Array.isArray(value)) throw wrong(path, "must be a list");
    value.forEach((item, index) => of(item, `${path}[${index}]`));
  };
}

/** A text of that form. */
export function text(pattern: RegExp, why: string): Rule {
  return (value, path) => {
    if (typeof value !== "string" || !pattern.test(value)) throw wrong(path, `must be ${why}`);
  };
}

/** A text of one line. */
export const plain: Rule = text(/^[^\p{Cc}]{1,253}$/u, "a text without control characters");

/** One of some words. */
export function oneOf(...words: readonly string[]): Rule {
  return (value, path) => {
    if (!words.some((word) => word === value)) throw wrong(path, `must be ${words.join(", ")}`);
  };
}

/** A whole number of at least so much. */
export function whole(least: number): Rule {
  return (value, path) => {
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least) {
      throw wrong(path, `must be a whole number from ${least}`);
    }
  };
}

/** True or false. */
export const flag: Rule = (value, path) => {
  if (typeof value !== "boolean") throw wrong(path, "must be true or false");
};

/** An object that goes to the server as it is, and that only the server can judge. */
export const opaque: Rule = (value, path) => {
  fieldsOf(value, path);
};

/** An object without fields. */
export const empty: Rule = object({});

const QUANTITY = /^\+?(\d+\.?\d*|\.\d+)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d{1,2})?$/;

/** A quantity of Kubernetes above zero, such as `1.5`, `500m` or `64Mi`. */
export const quantity: Rule = (value, path) => {
  const written = typeof value === "number" ? String(value) : value;
  const parts = typeof written === "string" ? QUANTITY.exec(written) : null;
  if (!parts) throw wrong(path, 'must be a quantity such as "2", "500m" or "64Mi"');
  if (Number(parts[1]) === 0) throw wrong(path, "must be more than zero");
};

/** The name of an object: labels of RFC 1123, joined with dots. */
export const objectName: Rule = text(
  /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  "a name of lower-case letters, digits, hyphens and dots",
);

/** A label of RFC 1123. */
export const label: Rule = text(
  /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
  "at most 63 lower-case letters, digits and hyphens, first and last a letter or digit",
);

/** The value of a label of Kubernetes; not empty. */
export const labelValue: Rule = text(
  /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
  "at most 63 letters, digits, hyphens, dots and underscores, first and last a letter or digit",
);

/** The key of a label of Kubernetes. */
export const labelKey: Rule = text(
  /^((?=.{1,253}\/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
  "a key of labels, such as name or example.org/name",
);
