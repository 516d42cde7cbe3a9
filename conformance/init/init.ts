/**
 * Begins a driver: `deno task init NAME` writes a folder with one that compiles, claims nothing, and
 * says at each first failure what to write next.
 *
 * @module
 */

import { isValidName } from "../../drivers/contract/mod.ts";

/** The files of a driver that nobody wrote yet; they are checked and run as they are. */
const TEMPLATE = new URL("template/", import.meta.url);
/** What each becomes: as tests they would be run here, too. */
const FILES = {
  "mod.ts": "mod.ts",
  "driver.ts": "driver.ts",
  "tests.ts": "conformance_test.ts",
};

/** A name that cannot be, or a folder that is there already. */
export class InitError extends Error {
  /** Always `InitError`. */
  override readonly name = "InitError";
}

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
  return text
    .replaceAll("exampleDriver", `${variableName(name)}Driver`)
    .replaceAll("ExampleMachines", `${typeName(name)}Machines`)
    .replaceAll("example", name);
}

/**
 * Writes the driver into a new folder of its name.
 *
 * @throws {InitError} if the name is no label that begins with a letter, or the folder exists
 */
export async function init(name: string, parent: string): Promise<string[]> {
  if (!isValidName(name) || !/^[a-z]/.test(name)) {
    throw new InitError(
      `Cannot name a driver "${name}": use lower-case letters, digits and hyphens, a letter first`,
    );
  }
  const folder = `${parent}/${name}`;
  try {
    await Deno.mkdir(folder);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AlreadyExists)) throw cause;
    throw new InitError(`Cannot begin driver "${name}": "${folder}" exists already`, { cause });
  }
  const paths: string[] = [];
  for (const [file, becomes] of Object.entries(FILES)) {
    const text = await Deno.readTextFile(new URL(file, TEMPLATE));
    await Deno.writeTextFile(`${folder}/${becomes}`, rendered(text, name));
    paths.push(`${folder}/${becomes}`);
  }
  return paths;
}

if (import.meta.main) {
  const [name, ...more] = Deno.args;
  if (name === undefined || more.length > 0) {
    console.error("Name the driver: deno task init NAME");
    Deno.exit(2);
  }
  try {
    const paths = await init(name, (Deno.env.get("INIT_CWD") ?? Deno.cwd()).replaceAll("\\", "/"));
    console.log([
      ...paths.map((path) => `wrote ${path}`),
      "",
      `Now: deno task conformance --driver ./${name}/mod.ts --bail`,
      "What fails first says what to write; conformance/guides/driver_author.md goes along.",
    ].join("\n"));
  } catch (error) {
    if (!(error instanceof InitError)) throw error;
    console.error(error.message);
    Deno.exit(2);
  }
}
