/**
 * What a disk image is, read from its own first bytes: a name or a list can be wrong about it.
 *
 * @module
 */

/** How much of an image {@linkcode probeImage} needs. */
export const PROBE_BYTES = 104;

/** What an image is. */
export interface ImageFormat {
  /** `raw` is whatever is not qcow2. */
  readonly format: "qcow2" | "raw";
  /** The size of the disk that the guest sees, in bytes. */
  readonly capacity: number;
}

const MAGIC = 0x514649fb;
const SECTOR = 512;
/** Incompatible feature bit 2: the data is in another file. */
const EXTERNAL_DATA = 4n;

/**
 * Reads the beginning of an image.
 *
 * @throws {RangeError} if it refers to another file, which could be any file of the host
 */
export function probeImage(head: Uint8Array, size: number): ImageFormat {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < 32 || view.getUint32(0) !== MAGIC) {
    return { format: "raw", capacity: Math.ceil(size / SECTOR) * SECTOR };
  }
  const version = view.getUint32(4);
  const isExternal = version >= 3 && head.length >= 80 &&
    (view.getBigUint64(72) & EXTERNAL_DATA) !== 0n;
  if (view.getBigUint64(8) !== 0n || isExternal) {
    throw new RangeError("The image refers to another file: flatten it with qemu-img convert");
  }
  return { format: "qcow2", capacity: Number(view.getBigUint64(24)) };
}

const CLUSTER_BITS = 16;
const CLUSTER = 2 ** CLUSTER_BITS;
const MIB = 2 ** 20;
const HEADER_V3 = 104;
/** Of a table's entry: nobody else refers to that cluster. */
const OWN = 1n << 63n;

/** An empty qcow2 disk of whole MiB, at most 512: four clusters, as `qemu-img create` lays them out. */
export function blankQcow2(sizeMiB: number): Uint8Array<ArrayBuffer> {
  return qcow2(sizeMiB, 4);
}

/** Such a disk with something at its beginning, at most a cluster. */
export function qcow2With(sizeMiB: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const image = qcow2(sizeMiB, 6);
  const view = new DataView(image.buffer);
  view.setBigUint64(3 * CLUSTER, OWN | BigInt(4 * CLUSTER)); // the L2 table
  view.setBigUint64(4 * CLUSTER, OWN | BigInt(5 * CLUSTER)); // the disk's first cluster
  image.set(content, 5 * CLUSTER);
  return image;
}

function qcow2(sizeMiB: number, clusters: number): Uint8Array<ArrayBuffer> {
  const image = new Uint8Array(clusters * CLUSTER);
  const view = new DataView(image.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, 3);
  view.setUint32(20, CLUSTER_BITS);
  view.setBigUint64(24, BigInt(sizeMiB * MIB));
  view.setUint32(36, 1); // entries of the L1 table
  view.setBigUint64(40, BigInt(3 * CLUSTER)); // where it is
  view.setBigUint64(48, BigInt(CLUSTER)); // the refcount table
  view.setUint32(56, 1); // its clusters
  view.setUint32(96, 4); // 16-bit refcounts
  view.setUint32(100, HEADER_V3);
  view.setBigUint64(CLUSTER, BigInt(2 * CLUSTER)); // the refcount block
  for (let cluster = 0; cluster < clusters; cluster++) {
    view.setUint16(2 * CLUSTER + 2 * cluster, 1);
  }
  return image;
}
