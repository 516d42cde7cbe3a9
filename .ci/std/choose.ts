/**
 * Decides once per checkout who answers `jsr:@std/…`: JSR, or the stand-ins in this folder.
 *
 * `links` in the project's deno.json matches this folder only while its own deno.json is there.
 * Listing the stand-ins as workspace members links them; an empty list remembers that JSR is used.
 *
 *     deno task std          decides, unless that was done before
 *     deno task std jsr      uses JSR from now on
 *     deno task std local    uses the stand-ins from now on
 *
 * @module
 */
const packages = ["assert", "cli", "streams"];
const choice = new URL("./deno.json", import.meta.url);

/** Asks Deno itself, not a host by name: that honours proxies, certificates and a warm cache. */
async function reachesJsr(): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "cache",
      "--quiet",
      "--no-config",
      "--no-lock",
      ...packages.map((it) => `jsr:@std/${it}@^1`),
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
    signal: AbortSignal.timeout(20_000),
  }).output();
  return success;
}

/** Renames into place: two tasks may decide at once, and another may be reading. */
async function remember(local: boolean): Promise<void> {
  const workspace = local ? packages.map((it) => `./${it}`) : [];
  const unfinished = new URL(`./${crypto.randomUUID()}.tmp`, import.meta.url);
  await Deno.writeTextFile(unfinished, JSON.stringify({ workspace }) + "\n");
  await Deno.rename(unfinished, choice);
  const side = local ? "the stand-ins in .ci/std" : "JSR";
  console.error(`@std: using ${side} (to change: deno task std ${local ? "jsr" : "local"})`);
}

async function isChosen(): Promise<boolean> {
  try {
    await Deno.lstat(choice);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const [side, ...rest] = Deno.args;
if (side === "--help" || side === "-h") {
  console.log("Chooses who answers @std, once per checkout or as told: deno task std [jsr|local]");
  Deno.exit(0);
}
if (rest.length > 0 || (side !== undefined && side !== "jsr" && side !== "local")) {
  console.error(`Expected "jsr", "local" or nothing, but got "${Deno.args.join(" ")}"`);
  Deno.exit(2);
}
if (side !== undefined) await remember(side === "local");
else if (!await isChosen()) await remember(!await reachesJsr());
