/**
 * The forms in which a secret can show up where it must not.
 *
 * @module
 */

const encoder = new TextEncoder();

/**
 * A text as it is, and as errors, logs, recordings and reports have it: in base64 and base64url, alone
 * or inside of a longer text; in hexadecimal and as a list of bytes; with the escapes of JSON (also
 * those of Go, which spares HTML, and of ASCII alone), of URLs, of XML and of byte strings;
 * and read byte by byte, as Latin-1.
 */
export function disguisesOf(secret: string): string[] {
  const bytes = encoder.encode(secret);
  const forms = [
    secret,
    ...encodings(bytes),
    ...dumps([...bytes]),
    ...quoted(secret),
    ...inUrls(secret),
    ...inMarkup(secret),
  ];
  return [...new Set(forms)].filter((form) => form !== "");
}

/** Base64 of the text wherever it may begin in a longer one: what does not depend on its neighbours. */
function encodings(bytes: Uint8Array): string[] {
  const padded = [0, 1, 2].map((before) => {
    const longer = new Uint8Array(before + bytes.length);
    longer.set(bytes, before);
    const text = longer.toBase64().replace(/=+$/, "");
    const head = [0, 2, 3][before] ?? 0;
    const tail = longer.length % 3 === 0 ? 0 : 1;
    return text.slice(head, text.length - tail);
  });
  const exact = bytes.toBase64();
  return [exact, ...padded].flatMap((text) => [
    text,
    text.replaceAll("+", "-").replaceAll("/", "_"),
  ]);
}

/** The bytes, one by one, as debuggers and `%v`, `%x`, `%#v` and `%q` print them. */
function dumps(bytes: readonly number[]): string[] {
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0"));
  const upper = hex.map((byte) => byte.toUpperCase());
  const short = bytes.map((byte) => `0x${byte.toString(16)}`);
  const escaped = bytes.map((byte, at) =>
    byte < 0x80 ? String.fromCharCode(byte) : `\\x${hex[at]}`
  );
  const separated = ["", " ", ":"].flatMap((by) => [hex.join(by), upper.join(by)]);
  const listed = [" ", ",", ", "].map((by) => bytes.join(by));
  return [
    ...separated,
    ...listed,
    short.join(", "),
    escaped.join(""),
    bytes.map((byte) => String.fromCharCode(byte)).join(""),
    hex.map((byte) => `\\x${byte}`).join(""),
  ];
}

/** The text in a string of JSON, and that string in another. */
function quoted(secret: string): string[] {
  const inside = (text: string): string => JSON.stringify(text).slice(1, -1);
  const unicode = (char: string): string =>
    `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const once = inside(secret);
  const go = once.replace(/[<>&\u2028\u2029]/g, unicode);
  const ascii = once.replace(/[^\0-\x7f]/g, unicode);
  return [once, go, ascii].flatMap((text) => [text, inside(text)]);
}

/** The text in a URL: some escape more than others, and in capitals or not. */
function inUrls(secret: string): string[] {
  const component = encodeURIComponent(secret.toWellFormed());
  const strict = component.replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const query = new URLSearchParams({ s: secret }).toString().slice(2);
  return [component, strict, query].flatMap((text) => [
    text,
    text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
  ]);
}

/** The text in XML and HTML, with and without the quotes that only attributes need. */
function inMarkup(secret: string): string[] {
  const text = secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const quotes = text.replaceAll('"', "&quot;");
  return [text, quotes, quotes.replaceAll("'", "&apos;"), quotes.replaceAll("'", "&#39;")];
}
