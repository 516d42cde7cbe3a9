/**
 * XML as plain JSON, so that the seam records it readably and nothing is ever pasted together.
 *
 * @module
 */

import {
  type Document,
  DOMImplementation,
  DOMParser,
  type Node,
  XMLSerializer,
} from "@xmldom/xmldom";

/** An element: its name, its attributes (always present), then its children and texts. */
export type JsonML = readonly [
  name: string,
  attributes: Readonly<Record<string, string>>,
  ...content: (JsonML | string)[],
];

const ELEMENT = 1;
const TEXT = 3;
const CDATA = 4;

/** The text of an element. */
export function toXml(element: JsonML): string {
  const document = new DOMImplementation().createDocument(null, "");
  document.appendChild(node(document, element));
  return new XMLSerializer().serializeToString(document);
}

function node(document: Document, [name, attributes, ...content]: JsonML): Node {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  for (const child of content) {
    element.appendChild(
      typeof child === "string" ? document.createTextNode(child) : node(document, child),
    );
  }
  return element;
}

/**
 * Reads the text of one element. Comments, and white space between elements, are dropped.
 *
 * @throws {SyntaxError} if it is not well-formed, or has a document type (which could define entities)
 */
export function fromXml(text: string): JsonML {
  const document = parse(text);
  if (document.doctype) throw new SyntaxError("The XML has a document type, which is refused");
  return read(document.documentElement as unknown as Node);
}

function parse(text: string): Document {
  const refuse = (_level: string, message: string): never => {
    throw new SyntaxError(message);
  };
  try {
    return new DOMParser({ onError: refuse }).parseFromString(text, "text/xml");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SyntaxError(`The XML is malformed: ${reason}`, { cause });
  }
}

function read(element: Node): JsonML {
  const { attributes } = element as unknown as {
    attributes: { length: number; item(i: number): { name: string; value: string } };
  };
  const values: Record<string, string> = {};
  for (let i = 0; i < attributes.length; i++) {
    const { name, value } = attributes.item(i);
    values[name] = value;
  }
  const content: (JsonML | string)[] = [];
  for (let child = element.firstChild; child; child = child.nextSibling) {
    if (child.nodeType === ELEMENT) content.push(read(child));
    else if (child.nodeType === TEXT || child.nodeType === CDATA) {
      content.push(child.nodeValue ?? "");
    }
  }
  const elements = content.filter((it) => typeof it !== "string");
  const kept = elements.length > 0 ? content.filter((it) => !isBlank(it)) : content;
  return [element.nodeName, values, ...kept];
}

function isBlank(content: JsonML | string): boolean {
  return typeof content === "string" && content.trim() === "";
}

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
