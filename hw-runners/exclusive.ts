/**
 * Runs one command at a time on this host: a live suite has it to itself.
 *
 *     deno task exclusive COMMAND [ARGUMENT…]
 *
 * Waits until no other such command goes on, of whichever user. The system gives the lock up when its
 * holder ends, however it ends; who kills the holder alone, and hard, has to end the command as well.
 * The command gets the arguments as they are, and its exit code is passed on. One that is part of such a
 * command is refused: it would wait for what waits for it.
 *
 * @module
 */

import { join } from "node:path";
import { onSignals } from "../conformance/commands/program.ts";
import { sentenceOf, UsageError } from "../conformance/commands/usage.ts";

/** What is locked; the same for every user of this host, each of whom has a temporary folder of its own on Windows. */
const LOCK = Deno.build.os === "windows"
  ? join(Deno.env.get("ProgramData") ?? "C:\\ProgramData", "vmtck-live.lock")
  : "/tmp/vmtck-live.lock";

/** Tells what a command starts which lock is held for it. */
const HELD = "VMTCK_EXCLUSIVE";

/** Opens the file; of one that is there nothing but the right to read is needed, whoever made it. */
async function opened(path: string): Promise<Deno.FsFile> {
  try {
    const file = await Deno.open(path, { write: true, createNew: true });
    // Whatever the umask of the one who came first is.
    if (Deno.build.os !== "windows") await Deno.chmod(path, 0o644);
    return file;
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return await Deno.open(path);
  }
}

/** Waits for the lock, unless `onWait` throws. It is held as long as the file is open. */
export async function locked(path: string, onWait: () => void): Promise<Deno.FsFile> {
  const file = await opened(path);
  try {
    if (await file.tryLock(true)) return file;
    onWait();
    await file.lock(true);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Runs a command while it holds the lock, and answers what it ended with.
 *
 * @throws {UsageError} if it is part of a command that holds the lock
 */
export async function exclusively(
  [program, ...args]: readonly [string, ...string[]],
  { lock = LOCK, held = Deno.env.get(HELD), onWait = (): void => {} } = {},
): Promise<number> {
  using _held = await locked(lock, () => {
    if (held !== lock) return onWait();
    throw new UsageError(
      `Cannot wait to run "${program}": it is part of the command that it would wait for, and is ` +
        'alone on this host already; leave out its "deno task exclusive"',
    );
  });
  const child = new Deno.Command(program, { args, env: { [HELD]: lock }, stdin: "inherit" })
    .spawn();
  // The lock is held until the command has ended: after an interrupt it may have to clean up.
  using _passed = onSignals((signal) => {
    try {
      child.kill(signal);
    } catch {
      // It has ended already.
    }
  });
  return (await child.status).code;
}

const USAGE = `Runs one command at a time on this host: waits until no other one goes on.

  deno task exclusive COMMAND [ARGUMENT…]

The command gets its arguments as they are. Ends as the command does, with 2 for wrong use, such as in
a command that is run by this one, and with 3 if the command cannot be run.`;

if (import.meta.main) {
  const [program, ...args] = Deno.args;
  if (program === "--help" || program === "-h") {
    console.log(USAGE);
    Deno.exit(0);
  }
  if (program === undefined || program.startsWith("-")) {
    const what = program === undefined ? "Name a command" : `There is no option "${program}"`;
    console.error(`${what}: deno task exclusive COMMAND [ARGUMENT…]`);
    Deno.exit(2);
  }
  const onWait = (): void => console.error("Another live run goes on; waiting for its end");
  try {
    Deno.exit(await exclusively([program, ...args], { onWait }));
  } catch (error) {
    const isWrongUse = error instanceof UsageError;
    const context = isWrongUse ? "" : `Cannot run "${program}": `;
    console.error(`${context}${sentenceOf(error)}`);
    Deno.exit(isWrongUse ? 2 : 3);
  }
}
