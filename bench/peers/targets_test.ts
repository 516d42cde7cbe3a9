import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Sample } from "../lines.ts";
import { judge, judgedText, RPC, type Target } from "./targets.ts";

const TARGET: Target = { operation: "list", ours: RPC, peer: "virsh", most: 1 / 40 };

function samples(of: Readonly<Record<string, readonly number[]>>): Sample[] {
  return Object.entries(of).flatMap(([who, values]) =>
    values.map((value) => ({
      ...{ type: "sample", run: 1, measure: "peers", unit: "ms", value } as const,
      series: `list, ${who}`,
    }))
  );
}

Deno.test("a promise is judged by the medians of one run", () => {
  const seen = samples({ [RPC]: [1, 1, 100], virsh: [50, 50, 50] });
  const [judged] = judge(seen, [TARGET]);
  assertEquals([judged?.ratio, judged?.ok], [1 / 50, true]);
  const [missed] = judge(seen, [{ ...TARGET, most: 1 / 60 }]);
  assertEquals(missed?.ok, false);
  assertStringIncludes(missed ? judgedText(missed) : "", "MISSED list");
});

Deno.test("a promise whose peer is missing is not kept, and says so", () => {
  const [judged] = judge(samples({ [RPC]: [1] }), [TARGET]);
  assertEquals([judged?.ratio, judged?.ok], [undefined, false]);
  assertStringIncludes(judged ? judgedText(judged) : "", "not measured");
});
