/** What leaks turns a check red, and shows in no report and on no tape. */
import { assert, assertEquals } from "@std/assert";
import { disguisesOf } from "../../../drivers/contract/mod.ts";
import { CASES } from "../../cases/mod.ts";
import { openSubject } from "../../compose/mod.ts";
import { run } from "../../engine/engine.ts";
import { simulationOf } from "../../simulations/mod.ts";
import { mutated } from "../kill_matrix.ts";
import { onPlugin } from "./plugin_mutant.ts";
import { PLUGIN_REQUEST_MUTANTS } from "./requests.ts";

/** What the suite's canaries begin with, and the credentials that are in a recorded request. */
const SECRETS = ["canary+/?=", "simulated-token", "revoked-and-no-secret"];
const FORMS = SECRETS.flatMap(disguisesOf);
const TAPES = new URL("../../../fixtures/kubevirt/", import.meta.url);

const found = (text: string): string[] => FORMS.filter((form) => text.includes(form));

for (const mutant of PLUGIN_REQUEST_MUTANTS) {
  if (mutant.breaks !== "plugin.secret.hidden") continue;
  Deno.test(`a report on ${mutant.id} shows no secret`, async () => {
    const module = await simulationOf("kubevirt");
    assert(module);
    await using subject = await openSubject(module);
    const cases = CASES.filter(({ id }) => id === "plugin.secret.hidden");
    let failed = 0;
    const options = { seed: "secrets", startedAt: "1970-01-01T00:00:00.000Z", bystander: true };
    for await (const event of run(cases, mutated(subject, mutant), options)) {
      if (event.type === "check" && event.status === "fail") failed++;
      assertEquals(found(JSON.stringify(event)), []);
    }
    assert(failed > 0);
  });
}

/** A plugin whose errors are none of the contract, and show what it was given. */
const showing = onPlugin((plugin) => ({
  createMachine: (request, options) =>
    plugin.createMachine(request, options).catch((error) => {
      const { kubeconfig = "", userData = "" } = request.secret?.data ?? {};
      const bytes = Uint8Array.fromBase64(kubeconfig, { lastChunkHandling: "loose" });
      throw new Error(
        `${error}: ${new TextDecoder().decode(bytes)} ${bytes.join(" ")} ${userData}`,
      );
    }),
}));

Deno.test("a report on a plugin that shows what it was given shows none of it", async () => {
  const module = await simulationOf("kubevirt");
  assert(module);
  await using subject = await openSubject(module);
  const cases = CASES.filter(({ id }) => ["plugin.error.shape", "plugin.create.name"].includes(id));
  const options = { seed: "secrets", startedAt: "1970-01-01T00:00:00.000Z", bystander: true };
  let hidden = 0;
  for await (const event of run(cases, mutated(subject, { mutate: showing }), options)) {
    const text = JSON.stringify(event);
    if (text.includes("(hidden)")) hidden++;
    assertEquals(found(text), []);
  }
  assert(hidden > 0);
});

Deno.test("no recording of a machine plugin has a secret in it, in any form", async () => {
  let count = 0;
  for await (const { name } of Deno.readDir(TAPES)) {
    if (!name.startsWith("plugin.")) continue;
    count++;
    assertEquals(found(await Deno.readTextFile(new URL(name, TAPES))), [], name);
  }
  assert(count > 50, `${count} recordings`);
});
