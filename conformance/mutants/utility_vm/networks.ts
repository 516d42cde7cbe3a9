/**
 * Mutants of network namespaces of utility VMs.
 *
 * @module
 */

import {
  afterFailure,
  field,
  forgiving,
  onNetworks,
  requests,
  typeOf,
  type UvmMutant,
} from "./uvm_mutant.ts";

/** The mutants. */
export const UVM_NETWORK_MUTANTS: readonly UvmMutant[] = [
  {
    id: "network-adapters-have-one-id",
    breaks: "uvm.network.add",
    why: "An id for the call, and not for the adapter",
    mutate: onNetworks((networks) => ({
      add: async (id, endpoints, options) => {
        const made = await networks.add(id, endpoints, options);
        const [first] = made.adapters;
        const adapters = made.adapters.map((adapter) => ({ ...adapter, id: first?.id ?? "" }));
        return { ...made, adapters };
      },
    })),
  },
  {
    id: "network-guest-has-no-namespace",
    breaks: "uvm.network.guest",
    why: "Adapters in a namespace that the guest never heard of",
    below: requests((request) => typeOf(request) === "NetworkNamespace" ? undefined : request),
  },
  {
    id: "network-guest-keeps-the-namespace",
    breaks: "uvm.network.rollback",
    why: "D15: hcsshim's rollback removes adapters alone",
    below: requests((request) => {
      const isRemoval = field(request, "GuestRequest", "RequestType") === "Remove";
      return typeOf(request) === "NetworkNamespace" && isRemoval ? undefined : request;
    }),
  },
  {
    id: "network-first-remove-removes",
    breaks: "uvm.network.shared",
    why: "D16: hcsshim takes the namespace out of the guest with every remove",
    mutate: onNetworks((networks) => ({
      remove: async (id, options) => {
        const known = networks.attached().find((it) => it.id === id);
        for (let count = known?.references ?? 1; count > 0; count--) {
          await networks.remove(id, options);
        }
      },
    })),
  },
  {
    id: "network-failed-remove-forgets",
    breaks: "uvm.network.remove-failed",
    why: "D17: hcsshim forgets the adapters that it could not remove",
    mutate: onNetworks((networks) => {
      const gone = new Set<string>();
      return {
        add: (id, endpoints, options) => {
          gone.delete(id);
          return networks.add(id, endpoints, options);
        },
        remove: (id, options) =>
          afterFailure(() => networks.remove(id, options), () => gone.add(id)),
        attached: () => networks.attached().filter(({ id }) => !gone.has(id)),
      };
    }),
  },
  {
    id: "network-unknown-remove-panics",
    breaks: "uvm.attach.unknown",
    why: "D17: hcsshim panics at a namespace that it does not know",
    mutate: onNetworks((networks) => ({
      remove: (id, options) =>
        forgiving("not-found", () => networks.remove(id, options), () => {
          throw new TypeError("Cannot read properties of undefined");
        }),
    })),
  },
  {
    id: "network-ids-are-text",
    breaks: "uvm.network.invalid",
    why: "Text of the caller in a path of the service",
    mutate: onNetworks((networks) => ({
      add: (id, endpoints, options) =>
        forgiving("invalid-argument", () => networks.add(id, endpoints, options), () => ({
          id,
          adapters: [],
          references: 1,
        })),
    })),
  },
];
