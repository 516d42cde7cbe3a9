/**
 * What `deno task test:windows` runs, as data.
 *
 * @module
 */

/** A program or library for Windows that stands in for one, built before the tests. */
export interface StandIn {
  /** Its only source, in C, from the root of the project. */
  readonly source: string;
  /** Where it goes: in `deno`, beside deno.exe, or in `windows`, which is the folder `C:\Windows`. */
  readonly target: string;
  /** What the compiler is told besides. */
  readonly flags: readonly string[];
}

/** The version of Deno for Windows, which comes as a package of npm, and its integrity, as npm tells it. */
export const DENO = {
  name: "@deno/win32-x64",
  version: "2.9.5",
  integrity:
    "sha512-LkcERsH0olOgevg9L9eootSr1U8ydyfnX1bS3mFqU+lGBeTYtlec5b/QF473WUOGVgPlWECrkxi4As5kEaFOzg==",
} as const;

/** Folders with tests, and tests, from the root of the project. */
export const TESTS: readonly string[] = [
  "conformance/cli_test.ts",
  // Without those of threads, each of which loads the suite: wine/cli_test.ts replays with several.
  "conformance/compose/compose_test.ts",
  "conformance/compose/plain_module_test.ts",
  "conformance/engine/ledger_file_test.ts",
  "conformance/interrupt_test.ts",
  "conformance/replay_permissions_test.ts",
  "conformance/simulations/hcs_native_test.ts",
  "drivers/backend",
  "drivers/contract/driver/directories_test.ts",
  "drivers/hcs",
  "drivers/hyperv",
  "drivers/images",
  "fixtures/simulators/hcs",
  "fixtures/simulators/hyperv",
  "hw-runners/wine",
];

/** Stand-ins for parts of Windows. */
export const STAND_INS: readonly StandIn[] = [
  {
    source: "hw-runners/wine/bcryptprimitives.c",
    target: "deno/bcryptprimitives.dll",
    flags: ["-shared", "-ladvapi32"],
  },
  {
    source: "hw-runners/wine/powershell.c",
    target: "windows/system32/WindowsPowerShell/v1.0/powershell.exe",
    flags: ["-municode"],
  },
  {
    source: "fixtures/doubles/computecore/computecore.c",
    target: "windows/system32/computecore.dll",
    flags: ["-std=gnu11", "-shared"],
  },
];
