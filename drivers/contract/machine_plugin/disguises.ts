/**
 * The forms in which a secret can show up where it must not.
 *
 * @module
 */

const encoder = new TextEncoder();

/**
 * A text as it is, and as logs and dumps have it: in base64 and base64url, alone or inside of a longer
 * text, in hexadecimal, as a list of bytes, with the escapes of JSON, YAML and URLs.
 */
export function disguisesOf(secret: string): string[] {
  const bytes = encoder.encode(secret);
  const list = [...bytes];
  const forms = [
    secret,
    ...encodings(bytes),
    bytes.toHex(),
    bytes.toHex().toUpperCase(),
    list.join(" "),
    list.join(","),
    list.join(", "),
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
    new URLSearchParams({ s: secret }).toString().slice(2),
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
