/**
 * Publishes the package to JSR. Refuses while the stand-ins for `@std` are active: what is published
 * must have been checked against the real packages.
 *
 *     deno task publish [--tag v1.2.3]
 *     deno task publish --dry-run
 *
 * JSR leaves a version that it has already as it is, and says so to nobody: a release whose tag is not
 * of this version is refused.
 *
 * The dry run works on a copy, and the test of a consumer on another one.
 *
 * @module
 */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname!, "..");
const stdFolder = join(root, ".ci", "std");

async function readJson(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await Deno.readTextFile(path));
}

async function standInsAreActive(): Promise<boolean> {
  try {
    const { workspace } = await readJson(join(stdFolder, "deno.json"));
    return Array.isArray(workspace) && workspace.length > 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function publish(cwd: string, ...args: string[]): Promise<number> {
  const command = new Deno.Command(Deno.execPath(), { args: ["publish", ...args], cwd });
  return (await command.spawn().status).code;
}

/**
 * Copies what is published into `package` below a folder, with the stand-ins, if active, beside it:
 * linked files inside of it would count as its own modules. Answers the links that an importer needs.
 */
export async function packageCopy(folder: string): Promise<string[]> {
  const copy = join(folder, "package");
  const config = await readJson(join(root, "deno.json"));
  const { include } = config.publish as { include: string[] };
  for (const path of include) {
    await cp(join(root, path), join(copy, path), { recursive: true });
  }
  const local = await standInsAreActive();
  if (local) await cp(stdFolder, join(folder, "std"), { recursive: true });
  const links = local ? ["../std"] : [];
  const own = { ...config, links, lint: undefined };
  await Deno.writeTextFile(join(copy, "deno.json"), JSON.stringify(own, null, 2));
  return ["../package", ...links];
}

async function dryRun(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "vmtck-publish-"));
  try {
    await packageCopy(folder);
    return await publish(join(folder, "package"), "--dry-run", "--allow-dirty");
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Its options. */
export const OPTIONS = [
  { name: "tag", value: "TAG", help: "the release's tag, which has to be of this version" },
  { name: "dry-run", help: "only try it, on a copy" },
] as const;

/** Whether a release's tag is of the version that is published. */
async function isOfThisVersion(tag: string): Promise<boolean> {
  const { version } = await readJson(join(root, "deno.json"));
  if (tag === `v${version}`) return true;
  console.error(
    `Cannot publish the release "${tag}" as the version in deno.json is "${version}": ` +
      `change the version, or release "v${version}"`,
  );
  return false;
}

async function main(): Promise<number> {
  const [option, tag, ...more] = Deno.args;
  if (option === "--dry-run" && Deno.args.length === 1) return await dryRun();
  if (option === "--help" || option === "-h") {
    console.log(
      "Publishes to JSR: deno task publish [--tag v1.2.3]; with --dry-run only tries it, on a copy",
    );
    return 0;
  }
  if (option !== undefined && (option !== "--tag" || tag === undefined || more.length > 0)) {
    console.error(`Expected "--dry-run", "--tag TAG" or nothing, got "${Deno.args.join(" ")}"`);
    return 2;
  }
  if (tag !== undefined && !await isOfThisVersion(tag)) return 1;
  if (!await standInsAreActive()) return await publish(root);
  console.error(
    "Cannot publish while the stand-ins for @std are active: " +
      'run "deno task std jsr" where JSR can be reached, then "deno task ok"',
  );
  return 1;
}

if (import.meta.main) Deno.exit(await main());
