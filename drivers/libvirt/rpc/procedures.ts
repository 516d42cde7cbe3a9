/**
 * The procedures that this client can call, as data.
 *
 * Numbers and field order are libvirt's; they never change once released, so the tables cannot go stale,
 * they can only lack newer calls. A result that is one value stands for itself, others are an object.
 *
 * @module
 */

import { domainProcedures } from "./domain_procedures.ts";
import { hostProcedures } from "./host_procedures.ts";
import { storageProcedures } from "./storage_procedures.ts";
import type { Params, Struct, Value } from "./wire_types.ts";

export { domainProcedures, hostProcedures, storageProcedures };

/** Every procedure by name. */
export const procedures:
  & typeof hostProcedures
  & typeof domainProcedures
  & typeof storageProcedures = { ...hostProcedures, ...domainProcedures, ...storageProcedures };

/** The name of a procedure of the table. */
export type ProcedureName = keyof typeof procedures;

/** The arguments of a procedure, as plain JSON values. */
export type ProcedureArgs<N extends ProcedureName> = Params<typeof procedures[N]["args"]>;

/** The answer of a procedure, as plain JSON values. */
export type ProcedureResult<N extends ProcedureName> = ResultOf<typeof procedures[N]["result"]>;

/** The TypeScript type of a table entry's `result`. */
export type ResultOf<R> = R extends null ? void : R extends string ? Value<R> : Struct<R>;
