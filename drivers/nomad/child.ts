/**
 * Starting a program as a process of its own, and signalling all of it.
 *
 * @module
 */

import { BackendError } from "../backend/backend.ts";

/** What of the host's environment a plugin gets. All else, and every secret in it, stays out. */
export const PASSED_ENV = [
  "PATH",
  "HOME",
  "USER",
  "LANG",
  "TZ",
  "TMPDIR",
  "XDG_CACHE_HOME",
  "XDG_CONFIG_HOME",
  "XDG_RUNTIME_DIR",
  "DENO_DIR",
] as const;

/**
 * Starts a program in a group of its own, without standard input.
 *
 * @throws {BackendError} `unreachable`, saying what is wrong with the file
 */
export function spawn(
  { path, args = [] }: { readonly path: string; readonly args?: readonly string[] },
  env: Readonly<Record<string, string>>,
): Deno.ChildProcess {
  const passed = PASSED_ENV.flatMap((key) => {
    const value = Deno.env.get(key);
    return value === undefined ? [] : [[key, value]];
  });
  try {
    return new Deno.Command(path, {
      args: [...args],
      clearEnv: true,
      // An interrupt from the terminal is for the suite, which ends the plugin in order.
      detached: true,
      env: { ...Object.fromEntries(passed), ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (cause) {
    const message = `Cannot start plugin ${JSON.stringify(path)}: ${whyNot(path, cause)}`;
    throw new BackendError("unreachable", "spawn", message, { cause });
  }
}

/** Why a file cannot be started, and what to do. What systems say of it is the same for many reasons. */
function whyNot(path: string, cause: unknown): string {
  const said = cause instanceof Error ? cause.message : String(cause);
  const file = statOf(path);
  if (file === undefined) return "there is no such file";
  if (file.isDirectory) return "it is a folder";
  if (cause instanceof Deno.errors.PermissionDenied) return "it is not executable; try chmod +x";
  if (cause instanceof Deno.errors.NotFound) {
    return "the program that its first line names is missing";
  }
  return said;
}

function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}

/** Signals a program and what it started, which is a group of its own: a wrapper is no shield. */
export function signalAll(pid: number, signal: "SIGKILL" | "SIGINT"): void {
  try {
    Deno.kill(Deno.build.os === "windows" ? pid : -pid, signal);
  } catch (error) {
    // Gone already.
    const isGone = error instanceof Deno.errors.NotFound || error instanceof TypeError;
    if (!isGone) throw error;
  }
}

/** Takes a program along if this process exits first, as at a second interrupt. */
export function killAtExit({ pid }: Pick<Deno.ChildProcess, "pid">): Disposable {
  const kill = (): void => signalAll(pid, "SIGKILL");
  globalThis.addEventListener("unload", kill);
  return { [Symbol.dispose]: () => globalThis.removeEventListener("unload", kill) };
}
