/**
 * Gets Windows ready: Deno for it, Wine's folder, and the stand-ins. What is there already stays.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { DENO, STAND_INS, TESTS } from "./lane.ts";
import { command, inProject, MissingError, must, wineEnvironment } from "./wine.ts";

const COMPILER = "x86_64-w64-mingw32-gcc";

/** What has to be installed, and what installs it. */
const TOOLS: Readonly<Record<string, string>> = {
  wine: "hw-runners/wine/install-debian.sh",
  wineserver: "hw-runners/wine/install-debian.sh",
  [COMPILER]: "hw-runners/wine/install-debian.sh",
  npm: "the installer of Node 20 or later",
  tar: "apt-get install tar",
};

/** One sentence about tools that are missing, or undefined. */
export function complaintAbout(missing: readonly string[]): string | undefined {
  if (missing.length === 0) return undefined;
  const mends = new Set(missing.map((tool) => TOOLS[tool] ?? "the system's packages"));
  const names = missing.map((tool) => `"${tool}"`).join(", ");
  return `The tests under Windows need ${names}: run ${[...mends].join(", and ")}`;
}

async function isInstalled(tool: string): Promise<boolean> {
  return (await command("sh", ["-c", 'command -v "$1"', "sh", tool])).code === 0;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Deno for Windows, from where this machine gets packages of npm. */
async function getDeno(folder: string): Promise<void> {
  const { name, version, integrity } = DENO;
  const scratch = `${folder}.new`;
  await Deno.remove(scratch, { recursive: true }).catch(() => {});
  await Deno.mkdir(scratch, { recursive: true });
  await must("npm", ["pack", "--silent", "--pack-destination", scratch, `${name}@${version}`]);
  const [archive] = await Array.fromAsync(Deno.readDir(scratch));
  if (!archive) throw new MissingError(`npm has no package ${name}@${version}`);
  const path = join(scratch, archive.name);
  const found = createHash("sha512").update(await Deno.readFile(path)).digest("base64");
  if (`sha512-${found}` !== integrity) {
    throw new MissingError(`The package ${name}@${version} is not the one that was asked for`);
  }
  await must("tar", ["-xzf", path, "-C", scratch, "--strip-components=1"]);
  await Deno.remove(path);
  await Deno.rename(scratch, folder);
}

/** Wine's folder with the C: drive. The last step says that it is Windows 10. */
async function makePrefix(folder: string): Promise<void> {
  const env = wineEnvironment(folder);
  await Deno.remove(join(folder, "prefix"), { recursive: true }).catch(() => {});
  await must("wineboot", ["-i"], { env });
  const windows10 = ["add", "HKCU\\Software\\Wine", "/v", "Version", "/t", "REG_SZ", "/d", "win10"];
  await must("wine", ["reg", ...windows10, "/f"], { env });
  await Deno.writeTextFile(join(folder, "prefix", "ready"), "");
}

async function buildStandIns(folder: string, deno: string): Promise<void> {
  const places = { deno, windows: join(folder, "prefix/drive_c/windows") };
  for (const { source, target, flags } of STAND_INS) {
    const [place = "", ...rest] = target.split("/");
    const path = join(place === "deno" ? places.deno : places.windows, ...rest);
    await Deno.mkdir(dirname(path), { recursive: true });
    await must(COMPILER, ["-O2", "-s", "-Wall", "-o", path, inProject(source), ...flags]);
  }
}

/**
 * Gets all of it ready in a folder, and answers the path of deno.exe.
 *
 * @throws {MissingError} with one sentence about what is missing
 */
export async function prepare(folder: string): Promise<string> {
  if (Deno.build.os !== "linux") {
    throw new MissingError(
      "The tests under Windows run in Wine on Linux: on Windows itself, run deno task test",
    );
  }
  const missing: string[] = [];
  for (const tool of Object.keys(TOOLS)) if (!await isInstalled(tool)) missing.push(tool);
  const complaint = complaintAbout(missing);
  if (complaint) throw new MissingError(complaint);

  const deno = join(folder, `deno-${DENO.version}`);
  if (!await isThere(deno)) await getDeno(deno);
  if (!await isThere(join(folder, "prefix/ready"))) await makePrefix(folder);
  await buildStandIns(folder, deno);
  // Packages come the way this machine gets them; under Wine nothing is fetched.
  const env = { DENO_DIR: join(folder, "deno_dir") };
  const program = inProject("conformance/cli.ts");
  await must(Deno.execPath(), ["cache", "--quiet", program], { env });
  await must(Deno.execPath(), ["test", "--quiet", "--no-run", "--no-check", ...TESTS], { env });
  return join(deno, "deno.exe");
}
