import { assertEquals, assertThrows } from "@std/assert";
import { countJson, countJUnit, judge } from "./tally.ts";

const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="4" failures="1" errors="0" time="0.010">
  <testsuite name="./a_test.ts" tests="4" disabled="1" errors="0" failures="1">
    <testcase name="a &lt;failure&gt;" classname="./a_test.ts" time="0.003" line="1" col="6">
    </testcase>
    <testcase name="b" classname="./a_test.ts" time="0.000" line="2" col="6">
      <skipped/>
    </testcase>
    <testcase name="c" classname="./a_test.ts" time="0.000" line="3" col="6">
      <failure message="a &lt;testcase&gt; broke">1 &lt;failure/&gt;</failure>
    </testcase>
    <testcase name="d" classname="./a_test.ts"/>
  </testsuite>
</testsuites>`;

Deno.test("countJUnit() counts tests, and the skipped ones on neither side", () => {
  assertEquals(countJUnit(report), { passed: 2, failed: 1 });
});

Deno.test("countJUnit() counts nothing in an empty report", () => {
  assertEquals(countJUnit('<testsuites tests="0" failures="0" errors="0"></testsuites>'), {
    passed: 0,
    failed: 0,
  });
});

Deno.test("countJson() reads what passed and failed", () => {
  assertEquals(countJson('{"passed":2,"failed":1}'), { passed: 2, failed: 1 });
});

Deno.test("countJson() counts the cases of the suite, and what they left", () => {
  const cases = {
    "pass": 100,
    "warn": 2,
    "fail": 3,
    "flaky": 4,
    "harness-error": 5,
    "not-run": 6,
    "unsupported": 50,
    "known-fail": 7,
  };
  const report = { totals: { cases }, leaks: ["a"], stale: ["b"] };
  assertEquals(countJson(JSON.stringify(report)), { passed: 102, failed: 20 });
});

Deno.test("countJson() refuses a report without counts", () => {
  assertThrows(() => countJson('{"passed":"2","failed":0}'), TypeError, "whole numbers");
});

Deno.test("judge() takes a part that wrote no report as failed", () => {
  assertEquals(judge(undefined, 0).failed, 1);
});

Deno.test("judge() takes a part that counted nothing as failed", () => {
  assertEquals(judge({ passed: 0, failed: 0 }, 0).failed, 1);
});

Deno.test("judge() takes an error that the report does not explain as a failure", () => {
  const { passed, failed } = judge({ passed: 5, failed: 0 }, 1);
  assertEquals({ passed, failed }, { passed: 5, failed: 1 });
});

Deno.test("judge() keeps failures although the command went well", () => {
  assertEquals(judge({ passed: 5, failed: 2 }, 0).failed, 2);
});
