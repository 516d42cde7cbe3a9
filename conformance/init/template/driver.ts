/**
 * The example driver. It claims no facet, and what is not written yet says so, with the clause to
 * begin with.
 *
 * @module
 */

import {
  assertName,
  type CallOptions,
  type Driver,
  DriverError,
  LABEL_RULE,
  type Machine,
  type MachineRef,
  type Machines,
  type MachineSpec,
  qualifiedName,
} from "@vmtck/vmtck";
import type { PlainModule } from "@vmtck/vmtck/backend";
import { imageStore } from "@vmtck/vmtck/images";

/** Its name. */
export const NAME = "example";

/** What the suite opens it with: owner, folders, settings, clock. */
type Context = Parameters<NonNullable<PlainModule["serves"]["driver"]>["open"]>[0];

/** What nobody wrote yet, and the clause that says what it has to do. */
function unwritten(operation: string, clause: string): DriverError {
  return new DriverError({
    code: "unimplemented",
    operation,
    subject: `driver:${NAME}`,
    message: `"${operation}" is not written yet; begin with the clause "${clause}": ` +
      `deno task conformance explain ${clause}`,
  });
}

/** Makes the driver. Opening one must not touch the hypervisor: do that in the first call. */
export function exampleDriver(context: Context): Driver {
  const { owner } = context;
  assertName(owner, { operation: "driver.open", subject: `driver:${NAME}` });
  return {
    name: NAME,
    description: "A driver that is being written",
    owner,
    nameRule: LABEL_RULE,
    reachability: "direct",
    // Facets that every machine has, such as "suspension". What is not named here is not claimed.
    machineFacets: [],
    status: () => Promise.reject(unwritten("driver.status", "driver.status.ready")),
    qualifiedMachineName({ cluster, name }: MachineRef): string {
      const subject = `machine:${cluster}/${name}` as const;
      assertName(cluster, { operation: "driver.qualifiedMachineName", subject });
      assertName(name, { operation: "driver.qualifiedMachineName", subject });
      return qualifiedName(owner, cluster, name);
    },
    machines: new ExampleMachines(),
    // The list, downloads, checksums and the cache of images: the same for every driver.
    images: imageStore({ ...context, driver: NAME, listUrl: context.imagesUrl }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Its machines. */
class ExampleMachines implements Machines {
  create(_spec: MachineSpec, _options?: CallOptions): Promise<Machine> {
    return Promise.reject(unwritten("machines.create", "machine.create.stopped"));
  }

  get(_ref: MachineRef, _options?: CallOptions): Promise<Machine> {
    return Promise.reject(unwritten("machines.get", "machine.adopt"));
  }

  list(_options?: CallOptions & { cluster?: string }): Promise<Machine[]> {
    return Promise.reject(unwritten("machines.list", "machine.list"));
  }

  delete(_ref: MachineRef, _options?: CallOptions & { force?: boolean }): Promise<void> {
    return Promise.reject(unwritten("machines.delete", "machine.delete.gone"));
  }
}
