import { assertEquals, assertRejects } from "@std/assert";
import { CASES } from "./cases/mod.ts";
import { registerDenoTests } from "./register_deno_tests.ts";
import { type Defects, fakeCase, fakeSubject } from "./engine/fake_subject_test.ts";

const checks = { ok: "registry.case" };
const PASSES = fakeCase("a", ({ check }) => Promise.resolve(check.equal("ok", "x", 1, 1)), {
  checks,
});
const FAILS = fakeCase("b", ({ check }) => Promise.resolve(check.equal("ok", "x", 1, 2)), {
  checks,
});
const UNSUPPORTED = fakeCase("c", () => Promise.resolve(), { checks, needs: ["ssh"] });

async function registered(cases = CASES, defects: Defects = {}): Promise<Deno.TestDefinition[]> {
  const tests: Deno.TestDefinition[] = [];
  const open = () => Promise.resolve(fakeSubject(defects));
  await registerDenoTests({ open, cases, register: (test) => tests.push(test) });
  return tests;
}

const NO_CONTEXT = {} as Deno.TestContext;

Deno.test("registerDenoTests registers one test for each case of the served contracts", async () => {
  const tests = await registered();
  assertEquals(tests.length, CASES.filter(({ contract }) => contract === "driver").length);
  assertEquals(tests[0]?.name, `fake: ${CASES[0]?.id}: ${CASES[0]?.title}`);
});

Deno.test("registerDenoTests ignores what the driver does not claim", async () => {
  const tests = await registered([PASSES, UNSUPPORTED]);
  assertEquals(tests.map((test) => test.ignore), [false, true]);
});

Deno.test("a registered test passes or throws as its case ends", async () => {
  const [passes, fails] = await registered([PASSES, FAILS]);
  await passes?.fn(NO_CONTEXT);
  await assertRejects(
    async () => await fails?.fn(NO_CONTEXT),
    Error,
    "fail b: Title of b\n  fail ok\n    clause   registry.case",
  );
});
