/**
 * Starts a driver's simulated host for anybody: `deno task simulate --driver kubevirt`.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { systemClock } from "../drivers/backend/clock.ts";
import { UsageError } from "./commands/usage.ts";

const USAGE = `Starts a simulated host that other programs can reach, until it is interrupted.

  deno task simulate --driver kubevirt [--port PORT] [--speed TIMES]

--driver   kubevirt: an API server with KubeVirt, over HTTPS. The others have no wire of their own.
--port     where it listens on 127.0.0.1; by default a free one.
--speed    how many times as fast as real time the cluster lives, from 1 to 100; by default 1. A guest
           that does not hear that it should shut down is gone after 30 seconds of the cluster's time.`;

/** How the command is used. */
interface Options {
  readonly help: boolean;
  readonly port?: number;
  readonly speed?: number;
}

/** Reads the command line. @throws {UsageError} */
export function readOptions(args: readonly string[]): Options {
  const { help, driver, port, speed, _: rest, ...more } = parseArgs([...args], {
    boolean: ["help"],
    string: ["driver", "port", "speed"],
    alias: { help: "h" },
  });
  if (help) return { help: true };
  const unknown = Object.keys(more).find((it) => it !== "h") ?? rest[0];
  if (unknown !== undefined) throw new UsageError(`Unknown option "${unknown}": see --help`);
  if (driver !== "kubevirt") {
    throw new UsageError(`There is no server to start for driver "${driver ?? ""}": see --help`);
  }
  if (port !== undefined && (!/^[0-9]{1,5}$/.test(port) || Number(port) > 65_535)) {
    throw new UsageError(`Cannot listen on port "${port}": it must be a number up to 65535`);
  }
  if (speed !== undefined && !/^(?:[1-9][0-9]?|100)$/.test(speed)) {
    throw new UsageError(`Cannot run at speed "${speed}": it must be a whole number from 1 to 100`);
  }
  return {
    help: false,
    ...(port !== undefined && { port: Number(port) }),
    ...(speed !== undefined && { speed: Number(speed) }),
  };
}

async function serve({ port, speed }: Options): Promise<void> {
  const { makeCertificates } = await import("../fixtures/simulators/kubevirt/certificates.ts");
  const { serveKubevirt } = await import("../fixtures/simulators/kubevirt/serve.ts");
  const interrupted = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => interrupted.resolve());
  }
  const certificates = await makeCertificates();
  const clock = systemClock();
  await using served = await serveKubevirt({
    ...{ clock, epoch: Date.now(), certificates, port, speed },
  });
  const folder = await Deno.makeTempDir({ prefix: "vmtck-kubevirt-" });
  try {
    const path = `${folder}/kubeconfig`;
    await Deno.writeTextFile(path, served.kubeconfig, { mode: 0o600, createNew: true });
    console.log(`A simulated Kubernetes cluster with KubeVirt listens at ${served.url}`);
    console.log(`  export KUBECONFIG=${path}`);
    console.log(`Contexts: "certificate" (the current one) and "token". Interrupt to end it.`);
    await interrupted.promise;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  try {
    const options = readOptions(Deno.args);
    if (options.help) console.log(USAGE);
    else await serve(options);
    Deno.exit(0);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    Deno.exit(2);
  }
}
