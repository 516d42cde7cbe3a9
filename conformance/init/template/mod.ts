/**
 * The module of the example driver: what the suite opens.
 *
 * @module
 */

import type { PlainModule } from "@vmtck/vmtck/backend";
import { exampleDriver, NAME } from "./driver.ts";

export default {
  name: NAME,
  // Where its answers come from: "hardware", "software-hypervisor", or "simulator" until there are any.
  origin: "simulator",
  serves: { driver: { open: exampleDriver } },
} satisfies PlainModule;
