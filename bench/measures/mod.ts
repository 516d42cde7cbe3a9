/**
 * All measures.
 *
 * @module
 */

import type { AnyMeasure } from "../measure.ts";
import { CALLS } from "./calls.ts";
import { CONCURRENCY } from "./concurrency.ts";
import { EVENTS } from "./events.ts";
import { IMAGES } from "./images.ts";
import { LIFE } from "./life.ts";
import { LIST } from "./list.ts";
import { MEMORY } from "./memory.ts";
import { NOTICE } from "./notice.ts";
import { OVERHEAD } from "./overhead.ts";
import { PEERS } from "./peers.ts";
import { PIPE } from "./pipe.ts";
import { SUITE } from "./suite.ts";
import { UTILITY_VMS } from "./utility_vm.ts";
import { ABORT, WAIT } from "./waits.ts";

/** In the order in which they are taken: what needs a cold host comes first. */
export const MEASURES: readonly AnyMeasure[] = [
  LIFE,
  CALLS,
  LIST,
  CONCURRENCY,
  EVENTS,
  OVERHEAD,
  PEERS,
  PIPE,
  IMAGES,
  MEMORY,
  ABORT,
  WAIT,
  NOTICE,
  SUITE,
  ...UTILITY_VMS,
];
