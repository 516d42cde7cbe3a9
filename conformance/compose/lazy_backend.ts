/**
 * A backend that is connected to when it is first needed.
 *
 * @module
 */

import type { Backend } from "../../drivers/backend/mod.ts";

/** The backend; a connection that fails is tried again by the next call. */
export function lazyBackend(connect: () => Promise<Backend>): Backend {
  let connection: Promise<Backend> | undefined;
  const connected = async (): Promise<Backend> => {
    connection ??= connect();
    try {
      return await connection;
    } catch (error) {
      connection = undefined;
      throw error;
    }
  };
  return {
    call: async (method, params, options) =>
      await (await connected()).call(method, params, options),
    async *events(options) {
      yield* (await connected()).events(options);
    },
    async [Symbol.asyncDispose]() {
      const backend = await connection?.catch(() => undefined);
      await backend?.[Symbol.asyncDispose]();
    },
  };
}
