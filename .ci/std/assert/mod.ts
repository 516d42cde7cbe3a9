/**
 * The part of `@std/assert` that this project uses, for networks that cannot reach JSR.
 *
 * @module
 */
import { equal } from "./equal.ts";

export { equal };

// deno-lint-ignore no-explicit-any -- any constructor at all, private ones included
type ErrorClass<E> = abstract new (...args: any[]) => E;

/** What every assertion here throws. */
export class AssertionError extends Error {
  override name = "AssertionError";
}

function format(value: unknown): string {
  return Deno.inspect(value, {
    depth: Infinity,
    sorted: true,
    trailingComma: true,
    compact: false,
    iterableLimit: Infinity,
    strAbbreviateSize: Infinity,
  });
}

/** The lines of both sides, without those that the beginnings and the ends have in common. */
function difference(actual: string, expected: string): string {
  const before = actual.split("\n");
  const after = expected.split("\n");
  let head = 0;
  while (head < Math.min(before.length, after.length) && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < Math.min(before.length, after.length) - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) tail++;
  return [
    ...before.slice(Math.max(0, head - 3), head).map((line) => `    ${line}`),
    ...before.slice(head, before.length - tail).map((line) => `-   ${line}`),
    ...after.slice(head, after.length - tail).map((line) => `+   ${line}`),
    ...(tail ? before.slice(-tail).slice(0, 3).map((line) => `    ${line}`) : []),
  ].join("\n");
}

function suffix(msg?: string): string {
  return msg ? `: ${msg}` : ".";
}

function check(holds: unknown, message: () => string): void {
  if (!holds) throw new AssertionError(message());
}

function checkError<E extends Error>(
  error: unknown,
  Class?: ErrorClass<E>,
  includes?: string,
  msg?: string,
): void {
  if (!Class) return;
  if (!(error instanceof Error)) {
    throw new AssertionError(`A non-Error object was thrown${suffix(msg)}`);
  }
  check(
    error instanceof Class,
    () =>
      `Expected error to be instance of "${Class.name}", but was ` +
      `"${error.constructor.name}" (${error.message})${suffix(msg)}`,
  );
  check(
    !includes || error.message.includes(includes),
    () =>
      `Expected error message to include ${JSON.stringify(includes)}, but got ` +
      `${JSON.stringify(error.message)}${suffix(msg)}`,
  );
}

/** Checks that `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  check(expr, () => msg);
}

/** Checks structural equality. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  check(
    equal(actual, expected),
    () =>
      `Values are not equal${suffix(msg)}\n\n    [Diff] Actual / Expected\n\n` +
      `${difference(format(actual), format(expected))}\n`,
  );
}

/** Checks structural difference. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  check(
    !equal(actual, expected),
    () => `Expected actual: ${format(actual)} not to be: ${format(expected)}${suffix(msg)}`,
  );
}

/** Checks identity, in the sense of `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  check(
    Object.is(actual, expected),
    () =>
      `Values are not strictly equal${suffix(msg)}\n\n    [Diff] Actual / Expected\n\n` +
      `${difference(format(actual), format(expected))}\n`,
  );
}

/** Checks that a value is neither null nor undefined. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  check(
    actual !== undefined && actual !== null,
    () => `Expected actual: "${actual}" to not be null or undefined${suffix(msg)}`,
  );
}

/** Checks that a value is an instance of a class. */
export function assertInstanceOf<T extends ErrorClass<unknown>>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  check(
    actual instanceof expectedType,
    () =>
      `Expected object to be an instance of "${expectedType.name}" but was ` +
      `${format(actual)}${suffix(msg)}`,
  );
}

/** Checks that a string contains another. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  check(
    actual.includes(expected),
    () => `Expected actual: "${actual}" to contain: "${expected}"${suffix(msg)}`,
  );
}

/** Checks that a string matches a pattern. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  check(
    expected.test(actual),
    () => `Expected actual: "${actual}" to match: "${expected}"${suffix(msg)}`,
  );
}

/** Checks that two numbers differ by no more than the tolerance, by default a ten-millionth. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance: number = Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7,
  msg?: string,
): void {
  check(
    Object.is(actual, expected) || Math.abs(expected - actual) <= tolerance,
    () =>
      `Expected actual: "${actual}" to be close to "${expected}" by "${tolerance}"${suffix(msg)}`,
  );
}

/** Checks `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  check(actual > expected, () => msg ?? `Expect ${format(actual)} > ${format(expected)}`);
}

/** Checks `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  check(actual < expected, () => msg ?? `Expect ${format(actual)} < ${format(expected)}`);
}

/** Fails. */
export function fail(msg?: string): never {
  throw new AssertionError(`Failed assertion${suffix(msg)}`);
}

/** Checks that a function throws, and answers what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Checks that a function throws an error of a class, and answers it. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  Class: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  classOrMsg?: ErrorClass<E> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const [Class, text] = typeof classOrMsg === "string"
    ? [undefined, classOrMsg]
    : [classOrMsg, msg];
  try {
    fn();
  } catch (error) {
    checkError(error, Class, msgIncludes, text);
    return error;
  }
  throw new AssertionError(`Expected function to throw${suffix(text)}`);
}

/** Checks that a function answers a rejected promise, and answers the reason. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Checks that a function answers a promise rejected with an error of a class, and answers it. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  Class: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorClass<E> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const [Class, text] = typeof classOrMsg === "string"
    ? [undefined, classOrMsg]
    : [classOrMsg, msg];
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch {
    throw new AssertionError(`Function throws when expected to reject${suffix(text)}`);
  }
  try {
    await promise;
  } catch (error) {
    checkError(error, Class, msgIncludes, text);
    return error;
  }
  throw new AssertionError(`Expected function to reject${suffix(text)}`);
}
