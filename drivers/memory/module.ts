/**
 * The memory driver as the suite takes it.
 *
 * @module
 */

import type { TestImages } from "../contract/mod.ts";
import type { DriverModule } from "../backend/module.ts";
import { tasksOver } from "../tasks/mod.ts";
import type { MemoryEvent, MemoryMethods } from "./backend.ts";
import { DESCRIPTION, memoryDriver, NAME } from "./driver.ts";
import { memoryExec } from "./exec.ts";
import { memoryHost } from "./host.ts";
import { GUEST_MARK } from "./hypervisor/guest.ts";
import { simulatedBackend } from "./hypervisor/simulated_backend.ts";
import { SEAM } from "./seam.ts";
import { assertSettings } from "./settings.ts";
import { memoryTailoring } from "./tailoring.ts";
import { memoryTaskHost } from "./task_host.ts";
import { memoryUsage } from "./usage.ts";

/** How large the test images are. */
const IMAGE_BYTES = 20_000;

/** A disk that begins with a text; made once, as every case wants one. */
function disk(beginning: string): () => Promise<Uint8Array<ArrayBuffer>> {
  const content = new Uint8Array(IMAGE_BYTES);
  content.set(new TextEncoder().encode(beginning));
  return () => Promise.resolve(content);
}

const IMAGES: TestImages = { blank: disk("VMTCK BLANK\n"), guest: disk(`${GUEST_MARK}\n`) };

/** The module of the memory driver. */
export const MEMORY: DriverModule<MemoryMethods, MemoryEvent> & { readonly images: TestImages } = {
  name: NAME,
  description: DESCRIPTION,
  serves: {
    "driver": { create: memoryDriver, host: memoryHost },
    "task-driver": {
      create: (context) =>
        tasksOver(context, memoryDriver, {
          usage: memoryUsage(context),
          exec: memoryExec(context),
          tailoring: memoryTailoring(context),
        }),
      host: memoryTaskHost,
    },
  },
  connect: ({ clock, settings }) =>
    Promise.try(() => {
      assertSettings(settings);
      return {
        backend: simulatedBackend({ clock }),
        host: { origin: "simulator", versions: { hypervisor: "memory 1.0.0" } },
      };
    }),
  seam: SEAM,
  images: IMAGES,
  time: "virtual",
};
