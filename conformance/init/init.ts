/**
 * Begins a driver: `deno task init NAME` writes a folder with one that compiles, claims nothing, and
 * says at each first failure what to write next.
 *
 * @module
 */

import { isValidName } from "../../drivers/contract/mod.ts";
import { readArguments } from "../commands/arguments.ts";
import { runProgram, userPath } from "../commands/program.ts";
import { sentenceOf, UsageError } from "../commands/usage.ts";

/** The files of a driver that nobody wrote yet; they are checked and run as they are. */
const TEMPLATE = new URL("template/", import.meta.url);
/** What each becomes: as tests they would be run here, too. */
const FILES = {
  "mod.ts": "mod.ts",
  "driver.ts": "driver.ts",
  "tests.ts": "conformance_test.ts",
};

/** A name as a type's: `my-driver` becomes `MyDriver`. */
function typeName(name: string): string {
  return name.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

/** A name as a variable's: `my-driver` becomes `myDriver`. */
function variableName(name: string): string {
  const type = typeName(name);
  return type.charAt(0).toLowerCase() + type.slice(1);
}

/** A file of the template for a driver of that name. */
export function rendered(text: string, name: string): string {
  const words: Readonly<Record<string, string>> = {
    exampleDriver: `${variableName(name)}Driver`,
    ExampleMachines: `${typeName(name)}Machines`,
    example: name,
  };
  // All at once: a driver may be called after the example itself.
  return text.replace(/exampleDriver|ExampleMachines|example/g, (word) => words[word] ?? word);
}

/**
 * Writes the driver into a new folder of its name.
 *
 * @throws {UsageError} if the name is no label that begins with a letter, or the folder exists
 */
export async function init(name: string, parent: string): Promise<string[]> {
  if (!isValidName(name) || !/^[a-z]/.test(name)) {
    throw new UsageError(
      `Cannot name a driver "${name}": use lower-case letters, digits and hyphens, a letter first`,
    );
  }
  const folder = `${parent}/${name}`;
  try {
    await Deno.mkdir(folder);
  } catch (cause) {
    const why = cause instanceof Deno.errors.AlreadyExists
      ? `"${folder}" exists already`
      : sentenceOf(cause);
    throw new UsageError(`Cannot begin driver "${name}": ${why}`, { cause });
  }
  const paths: string[] = [];
  for (const [file, becomes] of Object.entries(FILES)) {
    const text = await Deno.readTextFile(new URL(file, TEMPLATE));
    await Deno.writeTextFile(`${folder}/${becomes}`, rendered(text, name));
    paths.push(`${folder}/${becomes}`);
  }
  return paths;
}

const USAGE =
  `Begins a driver: a folder of that name with one that compiles, claims nothing, and says at each
first failure what to write next.

  deno task init NAME

Ends with 0 it is there, 2 wrong use, such as a folder that exists already.`;

async function main(args: readonly string[]): Promise<number> {
  const [name, ...more] = readArguments(args, []).words;
  if (name === undefined || more.length > 0) {
    throw new UsageError("Name the driver: deno task init NAME");
  }
  const paths = await init(name, userPath(".").replaceAll("\\", "/"));
  console.log([
    ...paths.map((path) => `wrote ${path}`),
    "",
    `Now: deno task conformance --driver ./${name}/mod.ts --bail`,
    "What fails first says what to write; conformance/guides/driver_author.md goes along.",
  ].join("\n"));
  return 0;
}

if (import.meta.main) await runProgram(() => USAGE, main);
