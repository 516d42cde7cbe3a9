/**
 * From the options to what is asked for, with the paths as the user meant them.
 *
 * @module
 */

import { shellCommand } from "../reports/words.ts";
import type { Composer, SubjectRequest, Terminal } from "./composer.ts";
import { NOMAD_PREFIX, type Options } from "./options.ts";
import { sentenceOf, UsageError } from "./usage.ts";

/** A path as the user meant it. */
export function resolved(terminal: Terminal, path: string): string {
  const isAbsolute = path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path);
  return isAbsolute ? path : `${terminal.folder}/${path.replace(/^\.\//, "")}`;
}

/** The text of a file that the user names. @throws {UsageError} if it cannot be read */
export async function readUserFile(terminal: Terminal, path: string): Promise<string> {
  try {
    return await Deno.readTextFile(resolved(terminal, path));
  } catch (cause) {
    throw new UsageError(`Cannot read the file "${path}": ${sentenceOf(cause)}`, { cause });
  }
}

/** A driver's name, with an absolute path if it is one of a module or a plugin. */
function absoluteDriver(terminal: Terminal, driver: string): string {
  if (driver.startsWith(NOMAD_PREFIX)) {
    const path = driver.slice(NOMAD_PREFIX.length);
    if (path === "") {
      throw new UsageError(`Name the plugin's file: "--driver ${NOMAD_PREFIX}./PATH"`);
    }
    return `${NOMAD_PREFIX}${resolved(terminal, path)}`;
  }
  return /[\\/]|\.[cm]?[jt]s$/.test(driver) ? resolved(terminal, driver) : driver;
}

/** What is asked for, with absolute paths. @throws {UsageError} if no driver is named */
export function requestOf(
  terminal: Terminal,
  composer: Composer,
  options: Options,
): SubjectRequest {
  const { driver, mode, settings, fixtures } = options;
  if (driver === undefined) {
    throw new UsageError(`Name a driver: --driver ${composer.names().join("|")}|./my_driver.ts`);
  }
  return {
    driver: absoluteDriver(terminal, driver),
    mode,
    settings,
    fixtures: fixtures === undefined
      ? `${terminal.project}/fixtures`
      : resolved(terminal, fixtures),
    recordCommand: shellCommand([
      ...["record", "--driver", driver],
      ...(fixtures === undefined ? [] : ["--fixtures", fixtures]),
    ]),
    startedAt: terminal.now(),
  };
}

/** The arguments that repeat a run, without selection, seed and reports. */
export function commandOf(options: Options): string[] {
  const { driver = "", mode, settings, fixtures, repeat, caseTimeoutMs } = options;
  return [
    "--driver",
    driver,
    ...(mode === "replayed" ? [] : [mode === "live" ? "--live" : "--simulated"]),
    ...(fixtures === undefined ? [] : ["--fixtures", fixtures]),
    ...Object.entries(settings).flatMap(([key, value]) => ["--set", `${key}=${value}`]),
    ...(repeat > 1 ? ["--repeat", `${repeat}`] : []),
    ...(caseTimeoutMs === undefined ? [] : ["--case-timeout", `${caseTimeoutMs}ms`]),
  ];
}
