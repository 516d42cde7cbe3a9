/**
 * A user at a terminal, for tests of the command line with everything behind it.
 *
 * @module
 */

import { main } from "./cli.ts";
import { composer } from "./compose/mod.ts";
import type { Terminal } from "./commands/composer.ts";

/** Where the memory driver's module is. */
export const MEMORY = new URL("../drivers/memory/mod.ts", import.meta.url).href;

/** What the command line answered. */
export interface Said {
  /** What the process would have ended with. */
  readonly code: number;
  /** Standard output. */
  readonly out: string;
  /** Standard error. */
  readonly err: string;
}

/** A user with a folder that holds a driver module: the memory driver, as if it were real. */
export class User implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  /** Comes with an own folder. */
  static async come(): Promise<User> {
    const user = new User(await Deno.makeTempDir());
    await user.write(
      "mine.ts",
      `import { MEMORY } from "${MEMORY}";
export default { ...MEMORY, name: "mine", time: "real" };
`,
    );
    return user;
  }

  /** Writes a file into the folder. */
  async write(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.folder}/${name}`, text);
  }

  /** Gives a command. */
  async say(args: string): Promise<Said> {
    let [out, err] = ["", ""];
    const terminal: Terminal = {
      out: (text) => out += text,
      err: (text) => err += text,
      isTerminal: false,
      columns: () => 80,
      env: () => undefined,
      folder: this.folder,
      project: this.folder,
      now: () => "2026-01-31T00:00:00.000Z",
      seed: () => "chance",
      confine: () => Promise.resolve(),
      interrupts: () => ({ signal: new AbortController().signal, [Symbol.dispose]() {} }),
    };
    const words = args.split(" ");
    const ledger = ["diff", "explain"].includes(words[0] ?? "") ? [] : ["--ledger", "led"];
    const code = await main([...words, ...ledger], terminal, composer);
    return { code, out, err };
  }

  /** Goes, with the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}
