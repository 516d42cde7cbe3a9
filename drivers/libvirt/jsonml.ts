/**
 * XML as plain JSON, so that the seam records it readably and nothing is ever pasted together.
 *
 * @module
 */

/** An element: its name, its attributes (always present), then its children and texts. */
export type JsonML = readonly [
  name: string,
  attributes: Readonly<Record<string, string>>,
  ...content: (JsonML | string)[],
];

/** The elements that a path of names leads to, from an element's children on. */
export function all(element: JsonML, ...path: readonly string[]): JsonML[] {
  return path.reduce<JsonML[]>(
    (found, name) => found.flatMap(children).filter((child) => localName(child) === name),
    [element],
  );
}

/** The first element that a path leads to. */
export function first(element: JsonML, ...path: readonly string[]): JsonML | undefined {
  return all(element, ...path)[0];
}

/** The text of the first element that a path leads to; empty if there is none. */
export function textOf(element: JsonML, ...path: readonly string[]): string {
  const [, , ...content] = first(element, ...path) ?? ["", {}];
  return content.filter((it) => typeof it === "string").join("");
}

/** The name without its prefix: libvirt keeps or renames prefixes as it likes. */
export function localName([name]: JsonML): string {
  return name.slice(name.indexOf(":") + 1);
}

function children([, , ...content]: JsonML): JsonML[] {
  return content.filter((it) => typeof it !== "string");
}
