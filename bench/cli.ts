/**
 * The command line of the benchmarks.
 *
 * @module
 */

import { exitCodeOf, userPath } from "../conformance/commands/program.ts";
import { sentenceOf, UsageError } from "../conformance/commands/usage.ts";
import { driverNames } from "../drivers/registry.ts";
import { compare, comparisonTable, unpaired } from "./compare.ts";
import { parseResults, type Results } from "./lines.ts";
import { helpText, type Options, readOptions } from "./options.ts";

async function read(path: string): Promise<Results> {
  try {
    return parseResults(await Deno.readTextFile(userPath(path)));
  } catch (cause) {
    throw new UsageError(`Cannot read the samples "${path}": ${sentenceOf(cause)}`, { cause });
  }
}

async function compareCommand(options: Options): Promise<number> {
  const [a, b] = options.args;
  if (a === undefined || b === undefined) {
    throw new UsageError('"compare" needs two files of samples: A.ndjson B.ndjson');
  }
  const sides = [await read(a), await read(b)] as const;
  const compared = compare(...sides, options);
  console.log(comparisonTable(compared));
  for (const one of unpaired(...sides)) console.log(one);
  return compared.some(({ verdict }) => verdict === "worse") ? 1 : 0;
}

async function abCommand(options: Options): Promise<number> {
  const { runSides } = await import("./ab.ts");
  const compared = await runSides(options);
  console.log(comparisonTable(compared));
  return compared.some(({ verdict }) => verdict === "worse") ? 1 : 0;
}

async function gatesCommand({ driver, update, report }: Options): Promise<number> {
  const { GATED, gatesOf } = await import("./gates.ts");
  let [passed, failed] = [0, 0];
  for (const name of driver === undefined ? GATED : [driver]) {
    const gates = await gatesOf(name, { update });
    const shut = gates.filter(({ ok }) => !ok);
    passed += gates.length - shut.length;
    failed += shut.length;
    console.log(`${name}: ${gates.length - shut.length}/${gates.length} gates hold`);
    for (const { name, message } of shut) console.log(`  ${name}: ${message}`);
  }
  if (report !== undefined) {
    await Deno.writeTextFile(report, JSON.stringify({ passed, failed }));
  }
  return failed > 0 ? 1 : 0;
}

async function htmlCommand({ args: [path] }: Options): Promise<number> {
  if (path === undefined) throw new UsageError('"html" needs a file of samples');
  const { htmlPage } = await import("./html.ts");
  const page = path.replace(/(\.ndjson)?$/, ".html");
  await Deno.writeTextFile(userPath(page), htmlPage(await read(path)));
  console.log(`Page: ${page}`);
  return 0;
}

async function listCommand(): Promise<number> {
  const { MEASURES } = await import("./measures/mod.ts");
  for (const { id, title, contract } of MEASURES) {
    console.log(`${id.padEnd(12)} ${title}${contract === undefined ? "" : ` (${contract})`}`);
  }
  return 0;
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    console.log(helpText(driverNames()).trimEnd());
    return 0;
  }
  if (options.command === "compare") return await compareCommand(options);
  if (options.command === "ab") return await abCommand(options);
  if (options.command === "gates") return await gatesCommand(options);
  if (options.command === "html") return await htmlCommand(options);
  if (options.command === "list") return await listCommand();
  const { recordCommand, runCommand } = await import("./run_command.ts");
  return await (options.command === "record" ? recordCommand : runCommand)(options);
}

if (import.meta.main) {
  const tell = (text: string): void => console.error(text.trimEnd());
  Deno.exit(await exitCodeOf(() => main(Deno.args), tell));
}
