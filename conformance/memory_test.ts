/** The reference driver, held to every case. */
import { MEMORY } from "../drivers/memory/mod.ts";
import { openSubject } from "./compose/mod.ts";
import { registerDenoTests } from "./register_deno_tests.ts";

await registerDenoTests({ open: () => openSubject(MEMORY) });
