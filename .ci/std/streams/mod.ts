/**
 * The part of `@std/streams` that this project uses, for networks that cannot reach JSR.
 *
 * @module
 */

/** Splits a stream of text into lines, at `\n` and `\r\n`, and with `allowCR` at `\r` as well. */
export class TextLineStream extends TransformStream<string, string> {
  /** Starts with nothing pending. */
  constructor({ allowCR = false }: { allowCR?: boolean } = {}) {
    // A `\r` that ends a chunk waits: the `\n` that belongs to it may come with the next one.
    const end = allowCR ? /\r\n|\n|\r(?!$)/ : /\r?\n/;
    let pending = "";
    super({
      transform(chunk, controller): void {
        const lines = (pending + chunk).split(end);
        pending = lines.pop() ?? "";
        for (const line of lines) controller.enqueue(line);
      },
      flush(controller): void {
        if (pending === "") return;
        controller.enqueue(allowCR && pending.endsWith("\r") ? pending.slice(0, -1) : pending);
      },
    });
  }
}

/** Reads a stream of text, or of UTF-8 bytes, to its end. */
export async function toText(
  stream: ReadableStream<string> | ReadableStream<Uint8Array>,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream as ReadableStream<string | Uint8Array>) {
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
