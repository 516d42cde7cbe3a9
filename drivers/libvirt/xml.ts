/**
 * XML as text, from plain JSON and to it.
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
import type { JsonML } from "./jsonml.ts";

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
