/**
 * Cases about switching machines off.
 *
 * @module
 */

import type { Case } from "../../case.ts";
import { ending, shutDown, subjectOf } from "./seen.ts";

/** The cases. */
export const PLUGIN_SHUTDOWN_CASES: readonly Case<"machine-plugin">[] = [
  {
    id: "plugin.shutdown.off",
    title: "A machine that is shut down is off, and stays off",
    why: "What runs is removed, and made again by what watches over it",
    needs: ["host", "spi", "host.running", "host.powered"],
    checks: {
      id: "plugin.shutdown.off",
      off: "plugin.shutdown.off",
      again: "plugin.shutdown.again",
    },
    async run({ plugin, fresh, host, check }) {
      const { request, providerID } = await fresh.machine();
      const qualified = plugin.qualifiedMachineName(request.machine.name);
      await host.running(qualified);
      check.equal("id", "provider id", await shutDown(plugin, request), providerID);
      check.equal("off", "powered", await host.powered(qualified), false);
      await check.answers("again", "shut down", () => shutDown(plugin, request), providerID);
    },
  },
  {
    id: "plugin.shutdown.absent",
    title: "Shutting down a machine that is not there is not-found",
    why: "A success without a machine",
    needs: ["host", "spi"],
    checks: { refused: "plugin.shutdown.absent" },
    async run({ plugin, fresh, check }) {
      const request = await fresh.request();
      await check.refused("refused", () => shutDown(plugin, request), {
        code: "not-found",
        subject: subjectOf(request),
      });
    },
  },
  {
    id: "plugin.shutdown.conflict",
    title: "Shutting down keeps what another client changed at the same time",
    why:
      "After a conflict the same stale object is sent again, for ever or over the other's change",
    needs: ["host", "spi", "faults", "host.touch", "host.touched", "host.powered"],
    checks: {
      done: "plugin.shutdown.conflict",
      off: "plugin.shutdown.conflict",
      kept: "plugin.shutdown.conflict",
    },
    async run({ plugin, fresh, host, faults, check }) {
      const { request } = await fresh.machine();
      const qualified = plugin.qualifiedMachineName(request.machine.name);
      const { error, met } = await faults.during(
        { kind: "overtaken", among: "changes", call: 1, onMet: () => host.touch(qualified) },
        () => shutDown(plugin, request),
      );
      check.equal("done", "ending and changes", [ending({ error }), met], ["ok", 1]);
      check.equal("off", "powered", await host.powered(qualified), false);
      check.equal("kept", "touched", await host.touched(qualified), true);
    },
  },
];
