/**
 * A test that fails on purpose. Each run of the lane begins with it, to show that it can fail.
 *
 * @module
 */

Deno.test("a test that fails is told", () => {
  throw new Error("This fails on purpose");
});
