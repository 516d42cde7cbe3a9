/**
 * What is under test, as the engine sees it: ready-made worlds, one for each case.
 *
 * @module
 */

import type { Claims, ContractName, World } from "../../drivers/contract/mod.ts";
import type { AnyCase } from "../case.ts";
import type { Evidence, Mode } from "./events.ts";
import type { ImageServer } from "../image_server.ts";

/** Where one case runs. */
export interface Stage<C extends ContractName = ContractName> extends AsyncDisposable {
  /** What is under test and all around it. Disposed of with the stage. */
  readonly world: World<C>;
  /** The image server, well and without images. Disposed of with the stage. */
  readonly server: ImageServer;
  /** Where the evidence comes from. */
  readonly evidence: Evidence;
  /** The seed of the recording, for a replay. */
  readonly seed?: string;
  /** The scratch folder on disk, if it has one; removed with the stage. */
  readonly folder?: string;
}

/** What is under test, and where its answers come from. */
export interface Subject {
  /** The driver's name. */
  readonly driver: string;
  /** How its answers come about. What is left after a `live` run stays on the host. */
  readonly mode: Mode;
  /** The contracts that it serves. */
  readonly contracts: readonly ContractName[];
  /** What it claims and can show of each; told without touching a hypervisor. */
  claims(): Promise<Claims>;
  /**
   * Sets the stage for a case.
   *
   * @throws {Error} saying what is missing and what to do; the case is a `harness-error` then
   */
  open(use: { readonly case: AnyCase; readonly seed: string }): Promise<Stage>;
}

/** A mistake of a case or of the harness, never of the driver. */
export class HarnessError extends Error {
  /** Always `HarnessError`. */
  override readonly name = "HarnessError";
}
