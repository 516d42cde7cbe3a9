/**
 * The suite's ways behind the memory driver's back.
 *
 * @module
 */

import type { HostControls, PowerState } from "../contract/mod.ts";
import type { MemoryBackend } from "./backend.ts";
import { WORDS } from "./state.ts";

/** The word that {@linkcode HostControls.force} uses for a state that the hypervisor has none for. */
const STRANGE_WORD = "migrating";

/** The word of the hypervisor for a state. */
function wordOf(state: PowerState): string {
  return Object.hasOwn(WORDS, state) ? WORDS[state as keyof typeof WORDS] : STRANGE_WORD;
}

/** All controls of the simulated hypervisor. */
export function memoryHost(
  backend: MemoryBackend,
): Required<Omit<HostControls, "breakEvents" | "census">> {
  return {
    inapplicable: { breakEvents: "its events come from the same memory" },
    inventory: async () => [...await backend.call("lab.inventory", {})],
    async plantMachine(name): Promise<void> {
      const uuid = crypto.randomUUID();
      const size = { memoryMiB: 64, cpus: 1, network: null };
      await backend.call("machine.define", { uuid, name, owner: null, ...size });
      const disk = { machine: uuid, name: `${name}.${uuid}`, owner: null, bootSector: "" };
      await backend.call("disk.create", disk);
    },
    uprootMachine: async (name) => void await backend.call("lab.uproot", { name }),
    async plantNetwork(name): Promise<void> {
      const uuid = crypto.randomUUID();
      await backend.call("network.create", { uuid, name, owner: null, cidr: null });
    },
    async uprootNetwork(name): Promise<void> {
      const network = await backend.call("network.find", { name });
      await backend.call("network.delete", { uuid: network?.uuid ?? "", name });
    },
    fingerprint: (name) => backend.call("lab.portrait", { name }),
    turnOff: async (name) => void await backend.call("lab.turn-off", { name }),
    vanish: async (name) => void await backend.call("lab.vanish", { name }),
    removeDisk: async (name) => void await backend.call("lab.remove-disk", { name }),
    duplicate: async (name) => void await backend.call("lab.duplicate", { name }),
    force: async (name, state) =>
      void await backend.call("lab.force", { name, state: wordOf(state) }),
    reboot: async () => void await backend.call("lab.reboot", {}),
  };
}
