/**
 * Lines of text from a process.
 *
 * @module
 */

/** The longest line that is kept; the rest of it is dropped. */
const MAX_LINE = 64 * 1024;

/** The lines of a stream of bytes, without their ends. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
    rest = (lines.pop() ?? "").slice(0, MAX_LINE);
    yield* lines;
  }
  if (rest !== "") yield rest;
}
