/**
 * Mutants of addresses.
 *
 * @module
 */

import { type Mutant, type Mutate, onMachine } from "../mutant.ts";

/** Changes what a machine says of its address. */
const address = (change: (address: string | undefined) => string | undefined): Mutate =>
  onMachine((machine) => ({ address: async (options) => change(await machine.address(options)) }));

/** Changes what a machine says of its SSH address. */
const sshAddress = (
  change: (address: string | undefined) => string | undefined,
): Mutate =>
  onMachine((machine) => ({
    sshAddress: async (options) => change(await machine.sshAddress(options)),
  }));

/** The mutants. */
export const ADDRESS_MUTANTS: readonly Mutant[] = [
  {
    id: "address-has-a-prefix-length",
    breaks: "machine.address.literal",
    why: "The agent's answer passed on as it is",
    mutate: address((literal) => literal && `${literal}/24`),
  },
  {
    id: "no-address-is-zero",
    breaks: "machine.address.none",
    why: "lima answers with a text where there is no address",
    mutate: address((literal) => literal ?? "0.0.0.0"),
  },
  {
    id: "address-is-link-local",
    breaks: "machine.address.usable",
    why: "minikube#5473: the first of the list is fe80",
    mutate: address((literal) => literal && "fe80::5054:ff:fe00:1"),
  },
  {
    id: "address-of-the-first-start",
    breaks: "machine.address.fresh",
    why: "kutti's Hyper-V driver caches it once",
    mutate: onMachine((machine) => {
      let first: string | undefined;
      return { address: async (options) => first ??= await machine.address(options) };
    }),
  },
  {
    id: "ssh-port-is-0",
    breaks: "machine.ssh-address",
    why: "lima's localhost:0",
    mutate: sshAddress((known) => known?.replace(/:\d+$/, ":0")),
  },
  {
    id: "no-ssh-address-is-a-port",
    breaks: "machine.ssh-address.none",
    why: "Joined without a look at the parts",
    mutate: sshAddress((known) => known ?? ":22"),
  },
];
