/**
 * Where and what was measured.
 *
 * @module
 */

import os from "node:os";
import type { Evidence, Mode } from "../conformance/engine/events.ts";
import type { Fingerprint } from "./lines.ts";

/** A file of the system, or what stands for it elsewhere. */
async function read(path: string, otherwise: string): Promise<string> {
  try {
    return (await Deno.readTextFile(path)).trim();
  } catch {
    return otherwise;
  }
}

/** Where this process measures. */
export async function fingerprintOf(
  { driver, mode, evidence }: { driver: string; mode: Mode; evidence: Evidence },
): Promise<Fingerprint> {
  const cpus = os.cpus();
  const cpuInfo = await read("/proc/cpuinfo", "");
  return {
    driver,
    mode,
    origin: evidence.origin,
    versions: evidence.versions ?? {},
    cpu: cpus[0]?.model.trim() ?? "unknown",
    cores: navigator.hardwareConcurrency,
    nested: /^flags\s*:.*\bhypervisor\b/m.test(cpuInfo),
    governor: await read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "unknown"),
    ramMiB: Math.round(os.totalmem() / 2 ** 20),
    os: `${Deno.build.os} ${os.release()} ${Deno.build.arch}`,
    deno: `${Deno.version.deno}, V8 ${Deno.version.v8}`,
    clockSource: await read(
      "/sys/devices/system/clocksource/clocksource0/current_clocksource",
      "unknown",
    ),
  };
}

/** How busy the machine is: processes waiting, on average of a minute; 0 where nobody tells. */
export function loadNow(): number {
  return Math.round((os.loadavg()[0] ?? 0) * 100) / 100;
}

/** The commit of a folder, with `+` if files differ from it; `unknown` outside of a repository. */
export async function commitOf(folder: string): Promise<string> {
  const git = async (...args: string[]): Promise<string> => {
    const { success, stdout } = await new Deno.Command("git", {
      args: ["-C", folder, ...args],
      stderr: "null",
    }).output();
    if (!success) throw new Error("no repository");
    return new TextDecoder().decode(stdout).trim();
  };
  try {
    const [commit, changes] = [
      await git("rev-parse", "--short=12", "HEAD"),
      await git("status", "--porcelain", "--untracked-files=no"),
    ];
    return changes === "" ? commit : `${commit}+`;
  } catch {
    return "unknown";
  }
}
