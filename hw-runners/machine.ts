/**
 * The machine that the doctor looks at and that provisioning changes.
 *
 * @module
 */

import $ from "dax";

/** What a program answered. */
export interface Ran {
  /** Its exit code. */
  readonly code: number;
  /** Its standard output, trimmed. */
  readonly out: string;
}

/** A machine. */
export interface Machine {
  /** Its system. */
  readonly os: "linux" | "windows" | "darwin" | "other";
  /** Runs a program; undefined if there is none of that name. Its complaints are seen if it `shows`. */
  run(
    program: string,
    args: readonly string[],
    options?: { readonly shows?: boolean },
  ): Promise<Ran | undefined>;
  /** Whether a file, folder or socket is there. */
  exists(path: string): Promise<boolean>;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Where a program is. Some are an administrator's, and not on the path of others. */
async function pathOf(program: string): Promise<string | undefined> {
  if (/[\\/]/.test(program)) return await exists(program) ? program : undefined;
  const found = await $.which(program);
  if (found !== undefined) return found;
  for (const folder of ["/usr/sbin", "/sbin"]) {
    if (await exists(`${folder}/${program}`)) return `${folder}/${program}`;
  }
  return undefined;
}

/** This machine. */
export function thisMachine(): Machine {
  const { os } = Deno.build;
  return {
    os: os === "linux" || os === "windows" || os === "darwin" ? os : "other",
    async run(program, args, { shows = false } = {}) {
      const path = await pathOf(program);
      if (path === undefined) return undefined;
      const { code, stdout } = await $`${path} ${args}`.noThrow()
        .stdout("piped").stderr(shows ? "inherit" : "null");
      return { code, out: stdout.trim() };
    },
    exists,
  };
}
