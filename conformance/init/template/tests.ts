/** The example driver, held to every case by `deno test`. */
import { openSubject, registerDenoTests } from "@vmtck/vmtck/conformance";
import module from "./mod.ts";

await registerDenoTests({ open: () => openSubject(module) });
