/**
 * Makes what cases start from.
 *
 * @module
 */

import {
  type Driver,
  type Image,
  isDriverError,
  type Machine,
  type MachineRef,
  type MachineSpec,
  type TestImages,
} from "../../../drivers/contract/mod.ts";
import type { Fresh } from "./context.ts";
import { messageOf } from "../../engine/check.ts";
import type { ImageServer, Published } from "../../image_server.ts";
import type { Names } from "../../engine/names.ts";
import { HarnessError } from "../../engine/subject.ts";

/** The version of the image that nothing boots from. */
export const BLANK_VERSION = "1.0.0-blank";
/** The version of the image with the guest. */
export const GUEST_VERSION = "1.0.0-guest";

/** How long a guest may take until its SSH server answers; emulated processors are slow. */
const GUEST_READY_MS = 180_000;

/** What {@linkcode FreshResources} works with. */
export interface FreshInit {
  /** The tracked driver. */
  readonly driver: Driver;
  /** The case's names. */
  readonly names: Names;
  /** The case's server. */
  readonly server: ImageServer;
  /** The contents of the images. */
  readonly images: TestImages;
}

/** Makes the resources of one attempt at a case. */
export class FreshResources implements Fresh {
  readonly #init: FreshInit;
  readonly #downloads = new Map<string, Promise<void>>();
  #cluster: Promise<string> | undefined;

  /** Makes nothing yet. */
  constructor(init: FreshInit) {
    this.#init = init;
  }

  /** A new label. */
  name(): string {
    return this.#init.names.label(this.#init.driver.nameRule.maxLength);
  }

  /** A new machine reference in the case's own cluster. */
  async ref(): Promise<MachineRef> {
    const cluster = await (this.#cluster ??= this.cluster());
    return { cluster, name: this.name() };
  }

  /** A new cluster, with its network if the driver makes networks. */
  async cluster(): Promise<string> {
    const cluster = this.name();
    await this.#init.driver.networks?.create({ cluster });
    return cluster;
  }

  /** A spec for a machine with the blank disk, unless another image is asked for. */
  async spec(overrides: Partial<MachineSpec> = {}): Promise<MachineSpec> {
    if (overrides.image === undefined) await this.#download(BLANK_VERSION);
    const ref = overrides.cluster === undefined
      ? await this.ref()
      : { cluster: overrides.cluster, name: this.name() };
    return { ...ref, image: BLANK_VERSION, ...overrides };
  }

  /** A stopped machine with the blank disk. */
  async machine(overrides: Partial<MachineSpec> = {}): Promise<Machine> {
    return await this.#init.driver.machines.create(await this.spec(overrides));
  }

  /** A stopped machine with the guest's disk. */
  async guest(overrides: Partial<MachineSpec> = {}): Promise<Machine> {
    await this.#download(GUEST_VERSION);
    return await this.machine({ image: GUEST_VERSION, ...overrides });
  }

  /** A running machine with the guest's disk whose SSH server answers. */
  async readyGuest(): Promise<Machine> {
    const machine = await this.guest();
    await machine.start();
    const { verdict, error } = await machine.wait("ssh", { timeoutMs: GUEST_READY_MS });
    if (verdict === "reached") return machine;
    throw new Error(`The guest's SSH server does not answer: ${error?.message ?? verdict}`);
  }

  /** A host TCP port that follows from the seed. */
  port(): number {
    return this.#init.names.port();
  }

  /** Downloads a test image, once a case: one that the case purges stays purged. */
  #download(version: string): Promise<void> {
    const known = this.#downloads.get(version);
    if (known) return known;
    const download = this.#publishAndFetch(version);
    this.#downloads.set(version, download);
    return download;
  }

  async #publishAndFetch(version: string): Promise<void> {
    const { driver, server, images } = this.#init;
    const published = await firstImages(images);
    const guest = version === GUEST_VERSION
      ? [{ version, content: await content(images, "guest") }]
      : [];
    server.publish([...published, ...guest]);
    await driver.images.update();
    await (await driver.images.get(version)).fetch();
  }
}

/** Contents that were made before: a guest is large, and worlds of one host share their images. */
const MADE = new WeakMap<TestImages, Map<string, Promise<Uint8Array<ArrayBuffer>>>>();

/** The content of a test image; that it cannot be had is not the driver's fault. */
async function content(
  images: TestImages,
  which: "blank" | "guest",
): Promise<Uint8Array<ArrayBuffer>> {
  const made = MADE.get(images) ?? new Map();
  MADE.set(images, made);
  const making = made.get(which) ?? images[which]();
  made.set(which, making);
  try {
    return await making;
  } catch (error) {
    throw new HarnessError(`Cannot get the ${which} image: ${messageOf(error)}`, { cause: error });
  }
}

/** What the server publishes before a case begins. */
export async function firstImages(images: TestImages): Promise<readonly Published[]> {
  return [{ version: BLANK_VERSION, content: await content(images, "blank") }];
}

/** Downloads an image of the list; asks for the list only if it is not at hand. */
export async function downloaded(driver: Driver, version: string): Promise<Image> {
  const image = await driver.images.get(version).catch(async (error: unknown) => {
    if (!isDriverError(error) || error.code !== "not-found") throw error;
    await driver.images.update();
    return await driver.images.get(version);
  });
  await image.fetch();
  return image;
}
