/**
 * Mutants of waits.
 *
 * @module
 */

import { codeOf, type Mutant, onMachine } from "../mutant.ts";

/** The mutants. */
export const WAIT_MUTANTS: readonly Mutant[] = [
  {
    id: "wait-looks-once",
    breaks: "machine.wait.reached",
    why: "kutti's wait failed to bind its parameter, and nobody noticed",
    mutate: onMachine((machine) => ({
      wait: async (target, options) => await machine.wait(target, { ...options, timeoutMs: 0 }),
    })),
  },
  {
    id: "wait-waits-in-any-case",
    breaks: "machine.wait.at-once",
    why: "It waits for the next change",
    mutate: onMachine((machine, _, world) => ({
      wait: async (target, options) => {
        const result = await machine.wait(target, options);
        await world.clock.sleep(options.timeoutMs);
        return result;
      },
    })),
  },
  {
    id: "wait-is-always-25-seconds",
    breaks: "machine.wait.timeout",
    why: "kutti's constant",
    mutate: onMachine((machine) => ({
      wait: (target, options) => {
        const timeoutMs = options.timeoutMs > 0 ? 25_000 : options.timeoutMs;
        return machine.wait(target, { ...options, timeoutMs });
      },
    })),
  },
  {
    id: "wait-0-does-not-look",
    breaks: "machine.wait.zero",
    why: "The deadline is over before the first look",
    mutate: onMachine((machine) => ({
      wait: async (target, options) => {
        const result = await machine.wait(target, options);
        return options.timeoutMs === 0 ? { verdict: "timeout", state: result.state } : result;
      },
    })),
  },
  {
    id: "failed-wait-is-a-timeout",
    breaks: "machine.wait.failed",
    why: "Errors of the poll are swallowed",
    mutate: onMachine((machine) => ({
      wait: async (target, options) => {
        const result = await machine.wait(target, options);
        const swallowed = result.verdict === "failed" && result.error?.code !== "not-found";
        return swallowed ? { verdict: "timeout", state: result.state } : result;
      },
    })),
  },
  {
    id: "wait-for-the-vanished-goes-on",
    breaks: "machine.wait.vanished",
    why: "A machine that is gone cannot change any more",
    mutate: onMachine((machine) => ({
      wait: async (target, options) => {
        const result = await machine.wait(target, options);
        const vanished = result.error?.code === "not-found";
        return vanished ? { verdict: "timeout", state: result.state } : result;
      },
    })),
  },
  {
    id: "wait-for-the-missing-answers",
    breaks: "machine.wait.missing",
    why: "A verdict where there is nothing to wait for",
    mutate: onMachine((machine) => ({
      wait: async (target, options) => {
        try {
          return await machine.wait(target, options);
        } catch (error) {
          if (codeOf(error) !== "not-found") throw error;
          return { verdict: "timeout", state: "unknown" };
        }
      },
    })),
  },
  {
    id: "wait-cannot-be-aborted",
    breaks: "machine.wait.abort",
    why: "kutti's wait takes no signal",
    mutate: onMachine((machine) => ({
      wait: (target, { timeoutMs }) => machine.wait(target, { timeoutMs }),
    })),
  },
  {
    id: "bad-timeouts-are-0",
    breaks: "machine.wait.invalid",
    why: "NaN compares false with everything",
    mutate: onMachine((machine) => ({
      wait: (target, options) => {
        const good = options.timeoutMs >= 0 && Number.isFinite(options.timeoutMs);
        return machine.wait(target, { ...options, timeoutMs: good ? options.timeoutMs : 0 });
      },
    })),
  },
  {
    id: "waits-take-news-from-each-other",
    breaks: "machine.wait.two",
    why: "One channel of news for all who wait",
    mutate: (world) => {
      const waited = new Set<string>();
      return onMachine((machine) => ({
        wait: async (target, options) => {
          const isFirst = !waited.has(machine.id);
          waited.add(machine.id);
          const result = await machine.wait(target, options);
          if (isFirst) waited.delete(machine.id);
          return isFirst ? result : { verdict: "timeout", state: result.state };
        },
      }))(world);
    },
  },
];
