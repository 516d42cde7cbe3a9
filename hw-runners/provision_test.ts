import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../conformance/commands/usage.ts";
import type { Machine } from "./machine.ts";
import { stepsFor } from "./provision.ts";
import { kubevirtSteps, libvirtSteps } from "./provision/linux.ts";
import { provisioned, type Step } from "./provision/step.ts";
import { HCS_STEPS, HYPERV_STEPS } from "./provision/windows.ts";

/** A machine where a step is done once its commands were run. */
function machine(fails: readonly string[] = []): { machine: Machine; ran: string[] } {
  const ran: string[] = [];
  return {
    ran,
    machine: {
      os: "linux",
      run(program, args) {
        ran.push([program, ...args].join(" "));
        return Promise.resolve({ code: fails.includes(program) ? 1 : 0, out: "" });
      },
      exists: () => Promise.resolve(true),
    },
  };
}

function step(id: string, program: string): Step & { done: boolean } {
  return {
    id,
    what: `${id} is so`,
    done: false,
    isDone() {
      return Promise.resolve(this.done ? true : !(this.done = true));
    },
    commands: [[program, "now"]],
  };
}

const outcomes = async (steps: readonly Step[], on: Machine): Promise<string[]> =>
  (await Array.fromAsync(provisioned(steps, on))).map(({ id, outcome }) => `${id} ${outcome}`);

Deno.test("a step is done once, and left alone after", async () => {
  const { machine: on, ran } = machine();
  const steps = [step("a", "make-a"), step("b", "make-b")];
  assertEquals(await outcomes(steps, on), ["a done", "b done"]);
  assertEquals(await outcomes(steps, on), ["a was so", "b was so"]);
  assertEquals(ran, ["make-a now", "make-b now"]);
});

Deno.test("a dry run changes nothing, and tells what would be run", async () => {
  const { machine: on, ran } = machine();
  const done = await Array.fromAsync(provisioned([step("a", "make-a")], on, { dryRun: true }));
  assertEquals(done, [{ id: "a", what: "a is so", outcome: "planned", reason: "make-a now" }]);
  assertEquals(ran, []);
});

Deno.test("what fails ends it: later steps rest on earlier ones", async () => {
  const { machine: on } = machine(["make-a"]);
  assertEquals(await outcomes([step("a", "make-a"), step("b", "make-b")], on), ["a failed"]);
});

Deno.test("what a machine may lack is told, and does not end it", async () => {
  const { machine: on } = machine(["make-a"]);
  const steps = [{ ...step("a", "make-a"), without: "slowly" }, step("b", "make-b")];
  const done = await Array.fromAsync(provisioned(steps, on));
  assertEquals(done.map(({ outcome, reason }) => [outcome, reason]), [
    ["without", "slowly"],
    ["done", undefined],
  ]);
});

Deno.test("a step whose commands do not help has failed", async () => {
  const { machine: on } = machine();
  const never: Step = { ...step("a", "make-a"), isDone: () => Promise.resolve(false) };
  assertEquals(await outcomes([never], on), ["a failed"]);
});

Deno.test("a machine of another system is not made a runner, and may see what would be done", () => {
  assertThrows(
    () => stepsFor("hyperv", { os: "linux", dryRun: false }),
    UsageError,
    'its system has to be "windows"',
  );
  assertEquals(stepsFor("hyperv", { os: "linux", dryRun: true }), HYPERV_STEPS);
  assertEquals(stepsFor("hyperv", { os: "windows", dryRun: false }), HYPERV_STEPS);
});

Deno.test("no purpose has two steps of one name, and each has something to do", () => {
  const all = [
    libvirtSteps("/x/"),
    kubevirtSteps({ kubevirt: "v1", cdi: "v1" }),
    HYPERV_STEPS,
    HCS_STEPS,
  ];
  for (const steps of all) {
    assertEquals(new Set(steps.map(({ id }) => id)).size, steps.length);
    assertEquals(steps.filter(({ commands }) => commands.length === 0), []);
  }
});
