import { assertEquals, assertThrows } from "@std/assert";
import { Trouble } from "../backend/driver_errors.ts";
import { countCores } from "./cpuset.ts";

const SETS: Readonly<Record<string, number>> = {
  "0": 1,
  "0-3": 4,
  "0-1,4": 3,
  "1,1,1": 1,
  "0-2,1-3": 4,
  " 0 , 2 ": 2,
};

for (const [cpuset, count] of Object.entries(SETS)) {
  Deno.test(`the set of cores "${cpuset}" has ${count}`, () => {
    assertEquals(countCores(cpuset), count);
  });
}

for (const cpuset of ["", ",", "a", "1-", "-1", "2-1", "0,", "9999", "0x1", "1.5"]) {
  Deno.test(`"${cpuset}" is no set of cores`, () => {
    assertEquals(assertThrows(() => countCores(cpuset), Trouble).code, "invalid-argument");
  });
}
