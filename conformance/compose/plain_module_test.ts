import { assertEquals, assertStringIncludes } from "@std/assert";
import { MEMORY, User } from "../user_test.ts";

/** The memory driver as its author would offer it without any seam. */
const PLAIN = `import { MEMORY } from "${MEMORY}";
let backend;
export default {
  name: "plain",
  origin: "simulator",
  serves: { driver: { async open(context) {
    backend ??= (await MEMORY.connect({ settings: {}, clock: context.clock })).backend;
    return MEMORY.serves.driver.create({ ...context, backend });
  } } },
};
`;

/** A driver whose author has only begun. */
const STUB = `
const no = () => Promise.reject(new Error("Not implemented"));
export default {
  name: "stub",
  serves: { driver: { open: ({ owner }) => ({
    name: "stub", description: "A stub", owner,
    nameRule: { maxLength: 63, description: "labels" },
    reachability: "direct", machineFacets: [],
    status: no,
    qualifiedMachineName() { throw new Error("Not implemented"); },
    machines: { create: no, get: no, list: no, delete: no },
    images: { update: no, get: no, list: no, importFile: no },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }) } },
};
`;

Deno.test("a plain module is held to all that can be shown of it", async () => {
  await using user = await User.come();
  await user.write("plain.ts", PLAIN);
  const { code, out } = await user.say("--driver ./plain.ts create.stopped registry");
  assertStringIncludes(out, "plain (live, simulator): 5/5 passed");
  assertEquals(code, 0, out);
});

Deno.test("what cannot be shown of a plain module is not run, with the reason", async () => {
  await using user = await User.come();
  await user.write("plain.ts", PLAIN);
  const cases = "create.stopped driver.status-error list.foreign image.disk-full";
  const { code, out } = await user.say(`--driver ./plain.ts --parallel 4 ${cases}`);
  assertStringIncludes(out, "The subject cannot show it: faults cannot be planned");
  assertStringIncludes(out, "The subject cannot show it: it has no host controls");
  assertStringIncludes(out, "The subject cannot show it: its disk cannot be filled");
  assertStringIncludes(out, "Incomplete: not everything that was selected could be shown");
  assertEquals(code, 5, out);
});

Deno.test("a plain module cannot be recorded", async () => {
  await using user = await User.come();
  await user.write("plain.ts", PLAIN);
  const { code, err } = await user.say("record --driver ./plain.ts --live create.stopped");
  assertStringIncludes(err, "has no backend seam");
  assertEquals(code, 2);
});

Deno.test("a driver that can do nothing yet fails, and leaves nothing", async () => {
  await using user = await User.come();
  await user.write("stub.ts", STUB);
  const { code, out } = await user.say("--driver ./stub.ts --grep .");
  assertStringIncludes(out, '"message":"Not implemented"');
  assertEquals(out.includes("Left on the host"), false);
  assertEquals(code, 1);
});

const opens: [string, string, number, string][] = [
  [
    "throws",
    '{ throw new Error("No licence"); }',
    3,
    'Cannot open driver "bad": Error: No licence',
  ],
  ["answers nothing", "{}", 2, 'What "open" of module "bad" answers is no driver: it lacks "name"'],
  ["answers something else", "{ return { name: 1 }; }", 2, 'is no driver: it lacks "owner", '],
  ["refuses a setting", "{ throw refusal(); }", 2, 'Unknown setting "a"'],
];

for (const [what, body, expected, message] of opens) {
  Deno.test(`a module whose open ${what} ends with ${expected}, and one sentence`, async () => {
    await using user = await User.come();
    const contract = MEMORY.replace("memory", "contract");
    await user.write(
      "bad.ts",
      `import { DriverError } from "${contract}";
const refusal = () => new DriverError({
  code: "invalid-argument", operation: "driver.open", subject: "driver:bad",
  message: 'Unknown setting "a"',
});
export default { name: "bad", serves: { driver: { open() ${body} } } };
`,
    );
    const { code, err } = await user.say("--driver ./bad.ts registry.case");
    assertStringIncludes(err, message);
    assertEquals([code, err.trim().split("\n").length], [expected, 1]);
  });
}
