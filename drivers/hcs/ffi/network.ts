/**
 * The calls of computenetwork.dll: open, ask, close.
 *
 * @module
 */

import { hresultError } from "./hresult.ts";
import type { Libraries } from "./library.ts";
import type { Operations } from "./operations.ts";
import { outPointer, toGuid, toWide, writtenPointer } from "./strings.ts";

/** What can be asked about. */
export type NetworkKind = "namespace" | "endpoint";

/** Everything about it, by the schema of computenetwork.dll. */
const QUERY = JSON.stringify({ SchemaVersion: { Major: 2, Minor: 0 }, Flags: 0 });

type Call = (
  out: BigUint64Array<ArrayBuffer>,
  error: BigUint64Array<ArrayBuffer>,
) => Promise<number>;

/** Namespaces and endpoints of one pair of libraries. */
export class Networks {
  readonly #libraries: Libraries;
  readonly #operations: Operations;
  #open = 0;

  /** Makes it. */
  constructor(libraries: Libraries, operations: Operations) {
    this.#libraries = libraries;
    this.#operations = operations;
  }

  /** How many handles are open. */
  get open(): number {
    return this.#open;
  }

  /**
   * The properties of a namespace or an endpoint, as text.
   *
   * @throws {BackendError}
   * @throws {RangeError} for what is no GUID
   */
  async query(kind: NetworkKind, id: string): Promise<string> {
    const { network } = this.#libraries;
    const functions = kind === "namespace"
      ? {
        open: network.HcnOpenNamespace,
        ask: network.HcnQueryNamespaceProperties,
        close: network.HcnCloseNamespace,
      }
      : {
        open: network.HcnOpenEndpoint,
        ask: network.HcnQueryEndpointProperties,
        close: network.HcnCloseEndpoint,
      };
    const guid = toGuid(id);
    const handle = await this.#call((out, error) => functions.open(guid, out, error));
    this.#open++;
    try {
      const query = toWide(QUERY);
      const answer = await this.#call((out, error) => functions.ask(handle, query, out, error));
      return this.#operations.take(answer, "network") ?? "{}";
    } finally {
      await functions.close(handle);
      this.#open--;
    }
  }

  /** Calls with room for an answer and an error document. An error document alone is a failure too. */
  async #call(call: Call): Promise<Deno.PointerValue> {
    const out = outPointer();
    const error = outPointer();
    const hresult = await call(out, error);
    const complaint = this.#operations.take(writtenPointer(error), "network");
    if (hresult < 0 || complaint) throw hresultError(hresult, complaint);
    return writtenPointer(out);
  }
}
