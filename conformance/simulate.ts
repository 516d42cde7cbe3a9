/**
 * Starts a driver's simulated host for anybody: `deno task simulate --driver kubevirt`.
 *
 * @module
 */

import { systemClock } from "../drivers/backend/clock.ts";
import { assertNoWords, type Option, optionLines, readArguments } from "./commands/arguments.ts";
import { onSignals, runProgram } from "./commands/program.ts";
import { UsageError } from "./commands/usage.ts";

const OPTIONS: readonly Option[] = [
  {
    name: "driver",
    value: "NAME",
    help: "kubevirt: an API server with KubeVirt, over HTTPS; the others have no wire of their own",
  },
  { name: "port", value: "PORT", help: "where it listens on 127.0.0.1; by default a free one" },
  { name: "speed", value: "TIMES", help: "how many times as fast as real time, 1 to 100 (1)" },
];

const USAGE = `Starts a simulated host that other programs can reach, until it is interrupted.

  deno task simulate --driver kubevirt [--port PORT] [--speed TIMES]

A guest that does not hear that it should shut down is gone after 30 seconds of the cluster's time.

${optionLines(OPTIONS)}
Ends with 0 once it is interrupted, 2 wrong use, 3 the environment failed: a port that is taken.`;

/** How the command is used. */
interface Options {
  readonly port?: number;
  readonly speed?: number;
}

/** Reads the command line. @throws {UsageError} */
export function readOptions(args: readonly string[]): Options {
  const given = readArguments(args, OPTIONS);
  assertNoWords(given);
  const driver = given.one("driver");
  if (driver === undefined) throw new UsageError("Name a driver: --driver kubevirt");
  if (driver !== "kubevirt") {
    throw new UsageError(`There is no server to start for driver "${driver}": see --help`);
  }
  const [port, speed] = [given.one("port"), given.one("speed")];
  if (port !== undefined && (!/^[0-9]{1,5}$/.test(port) || Number(port) > 65_535)) {
    throw new UsageError(`Cannot listen on port "${port}": it must be a number up to 65535`);
  }
  if (speed !== undefined && !/^(?:[1-9][0-9]?|100)$/.test(speed)) {
    throw new UsageError(`Cannot run at speed "${speed}": it must be a whole number from 1 to 100`);
  }
  return {
    ...(port !== undefined && { port: Number(port) }),
    ...(speed !== undefined && { speed: Number(speed) }),
  };
}

async function serve({ port, speed }: Options): Promise<void> {
  const { makeCertificates } = await import("../fixtures/simulators/kubevirt/certificates.ts");
  const { sshScript } = await import("../fixtures/simulators/kubevirt/guest_ssh.ts");
  const { serveKubevirt } = await import("../fixtures/simulators/kubevirt/serve.ts");
  const interrupted = Promise.withResolvers<void>();
  using _listening = onSignals(() => interrupted.resolve());
  const certificates = await makeCertificates();
  const clock = systemClock();
  await using served = await serveKubevirt({
    ...{ clock, epoch: Date.now(), certificates, port, speed },
  });
  const folder = await Deno.makeTempDir({ prefix: "vmtck-kubevirt-" });
  try {
    const path = `${folder}/kubeconfig`;
    await Deno.writeTextFile(path, served.kubeconfig, { mode: 0o600, createNew: true });
    await Deno.mkdir(`${folder}/bin`);
    await Deno.writeTextFile(`${folder}/bin/ssh`, sshScript(path), { mode: 0o700 });
    console.log(`A simulated Kubernetes cluster with KubeVirt listens at ${served.url}`);
    console.log(`  export KUBECONFIG=${path}`);
    console.log(`  export PATH=${folder}/bin:$PATH   # ssh to its guests, which have no network`);
    console.log(
      `Contexts: "certificate" (the current one), "token"; and "tenant", without rights.`,
    );
    console.log("Interrupt to end it.");
    await interrupted.promise;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function main(args: readonly string[]): Promise<number> {
  await serve(readOptions(args));
  return 0;
}

if (import.meta.main) await runProgram(() => USAGE, main);
