/**
 * A program in the place of PowerShell for tests: it takes the same arguments and answers the same
 * lines, and each request with its own parameters. What its first argument says goes wrong.
 *
 * @module
 */

import process from "node:process";
import { encodedBootstrap } from "./bootstrap.ts";

const [mode = "", ...given] = process.argv.slice(2);
const BOM = "\uFEFF";
const CLIXML =
  '#< CLIXML\r\n<Objs Version="1.1.0.1"><Obj S="progress">Preparing modules</Obj></Objs>';

async function* lines(): AsyncGenerator<string> {
  let rest = "";
  process.stdin.setEncoding("utf8");
  for await (const text of process.stdin) {
    const [first = "", ...more] = `${rest}${text}`.split("\n");
    rest = more.pop() ?? first;
    if (more.length > 0 || rest !== first) yield* [first, ...more];
  }
}

function print(content: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => process.stdout.write(content, () => resolve()));
}

/** In the middle of a letter, so that both halves are no text by themselves. */
async function printInPieces(text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  const middle = bytes.findIndex((byte) => byte > 0x7f) + 1;
  await print(bytes.subarray(0, middle));
  await new Promise((resolve) => setImmediate(resolve));
  await print(bytes.subarray(middle));
}

async function answer(mark: string, line: string): Promise<void> {
  const { id, cmdlet, params } = JSON.parse(line);
  if (mode === "exit") process.exit(7);
  if (mode === "hang") return;
  const data = mode === "large" ? "ü".repeat(2 ** 20) : { cmdlet, params, line };
  const reply = `${mark}${JSON.stringify({ id, data, warnings: [], error: null })}`;
  if (mode !== "noise") return await print(`${reply}\n`);
  await print(Uint8Array.of(0x57, 0x84, 0x72, 0x6e, 0x0d, 0x0a));
  await printInPieces(`${CLIXML}WARNUNG: ${reply}\r\n`);
}

async function main(): Promise<void> {
  if (mode === "stub") return;
  if (mode === "refuse") {
    process.stderr.write(`${CLIXML}\r\nC:\\Users\\Jane Doe\\x is disabled on this system`);
    process.exitCode = 1;
    return;
  }
  if (mode === "noise") {
    process.stderr.write(CLIXML.repeat(5_000));
    await print(BOM);
  }
  let mark: string | undefined;
  for await (const line of lines()) {
    if (mark !== undefined) {
      await answer(mark, line);
      continue;
    }
    mark = line;
    const hasScript = given.at(-1) === encodedBootstrap();
    const ready = { arguments: given.slice(0, -1), hasScript, modules: process.env.PSModulePath };
    if (mode !== "silent") await print(`${mark}${JSON.stringify({ ready })}\n`);
  }
}

await main();
