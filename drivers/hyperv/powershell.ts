/**
 * Starts PowerShell. By `node:child_process`: on Windows each pending read of a `Deno.Command` pipe
 * keeps one of few threads, and a handful of kept processes would stop everything else.
 *
 * @module
 */

import { spawn } from "node:child_process";
import process from "node:process";
import { BackendError } from "../backend/backend.ts";
import { encodedBootstrap } from "./bootstrap.ts";
import { redacted } from "./frames.ts";
import type { OpenPipe, Pipe } from "./session.ts";

/** Which PowerShell, and how it is started. */
export interface PowerShellOptions {
  /** The program and what comes before PowerShell's own arguments. Windows PowerShell 5.1 by default. */
  readonly command?: readonly string[];
}

/** How much of what it complained of is kept for a message. */
const KEPT_COMPLAINTS = 2000;

function windowsFolder(): string {
  return process.env.SystemRoot ?? "C:\\Windows";
}

/** By its full path: one that lies in the current folder, or a 32-bit one, must not be taken for it. */
function windowsPowerShell(): string {
  return `${windowsFolder()}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`;
}

/**
 * PowerShell's arguments. The script is an encoded command, so that no file is written that somebody
 * could change or a policy forbid, and nothing is quoted.
 */
export function powerShellArguments(): string[] {
  return [
    ...["-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass"],
    ...["-OutputFormat", "Text", "-EncodedCommand", encodedBootstrap()],
  ];
}

/** The environment. Started below PowerShell 7, 5.1 would load the modules of that one. */
function environment(command: string): Record<string, string | undefined> {
  if (!/powershell(?:\.exe)?$/i.test(command)) return process.env;
  const folders = [
    `${process.env.ProgramFiles ?? "C:\\Program Files"}\\WindowsPowerShell\\Modules`,
    `${windowsFolder()}\\System32\\WindowsPowerShell\\v1.0\\Modules`,
  ];
  return { ...process.env, PSModulePath: folders.join(";") };
}

/** Starts a PowerShell with the script that answers requests. */
export function powerShell({ command = [windowsPowerShell()] }: PowerShellOptions = {}): OpenPipe {
  const [program = "", ...before] = command;
  return async () => {
    const child = spawn(program, [...before, ...powerShellArguments()], {
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
      env: environment(program),
    });
    // Nobody is told of a broken pipe but by the end of the process.
    child.stdin.on("error", () => {});
    let complaints = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaints = (complaints + text).slice(-KEPT_COMPLAINTS);
    });
    const exited = new Promise<string>((resolve) =>
      child.on("close", (code, signal) => resolve(why(code, signal, complaints)))
    );
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", () => resolve());
      child.once("error", (cause) => reject(notStarted(program, cause)));
    });
    child.on("error", () => {});
    return {
      output: child.stdout,
      write: (text) => written(child.stdin, text),
      kill: () => void child.kill("SIGKILL"),
      exited,
    } satisfies Pipe;
  };
}

function written(
  stdin: { write(text: string, done: (error?: Error | null) => void): unknown },
  text: string,
): Promise<void> {
  return new Promise((resolve, reject) =>
    stdin.write(text, (error) => error ? reject(error) : resolve())
  );
}

function notStarted(program: string, cause: Error): BackendError {
  const advice = 'it comes with Windows; name another one by the setting "powershell"';
  const message = `Cannot start "${program}": ${redacted(cause.message)}; ${advice}`;
  return new BackendError("unreachable", "no-powershell", message, { cause });
}

/** Progress comes as XML on the error stream, and is no complaint. */
function why(code: number | null, signal: string | null, complaints: string): string {
  const end = code === null ? `it was ended by ${signal}` : `it ended with exit code ${code}`;
  const text = redacted(complaints.replace(/#< CLIXML\s*(?:<Objs[\s\S]*?<\/Objs>)?/g, ""));
  return text === "" ? end : `${end}: ${text}`;
}
