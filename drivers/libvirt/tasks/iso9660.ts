/**
 * ISO 9660 images with Joliet names: the format of a seed disk, as every system can read it.
 *
 * Written here, since what npm offers reads images but does not write them. The same files give the same
 * bytes: nothing in an image depends on the time.
 *
 * @see https://ecma-international.org/publications-and-standards/standards/ecma-119/
 * @module
 */

/** The size of a sector in bytes. */
const SECTOR = 2048;
/** The first one that is not reserved for the system. */
const FIRST = 16;

/** Where the parts of an image are, in sectors. */
const AT = {
  primary: FIRST,
  joliet: FIRST + 1,
  end: FIRST + 2,
  tables: { primary: [FIRST + 3, FIRST + 4], joliet: [FIRST + 5, FIRST + 6] },
  root: { primary: FIRST + 7, joliet: FIRST + 8 },
  files: FIRST + 9,
} as const;

/** As every writer appends them: there are readers that take more at once than a small image has. */
const PADDING = 150;
/** The bytes of a path table that names the root only. */
const TABLE_BYTES = 10;
const TYPE = { primary: 1, joliet: 2, end: 255 } as const;
const DIRECTORY = 2;
/** Names in UCS-2, level 3. */
const JOLIET_ESCAPE = "%/E";
/** Not a time: January 1980. */
const DATE = [80, 1, 1, 0, 0, 0, 0];
/** As digits: not specified. */
const NO_DATE = "0".repeat(16);

type Tree = "primary" | "joliet";

/** A file with its place. */
interface Placed {
  readonly name: string;
  readonly content: Uint8Array;
  readonly sector: number;
}

/**
 * An image with these files in its root.
 *
 * @param label the volume's name: 1 to 16 characters
 * @throws {RangeError} for a label or a name that does not fit, two names that are the same in their
 * short form, or more files than one sector lists
 */
export function isoImage(
  label: string,
  files: Readonly<Record<string, Uint8Array>>,
): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9_-]{1,16}$/.test(label)) {
    throw new RangeError(`Cannot label an image ${JSON.stringify(label)}: 1 to 16 letters`);
  }
  const placed = place(files);
  const end = placed.reduce((end, it) => Math.max(end, it.sector + sectorsOf(it)), AT.files);
  const sectors = end + PADDING;
  const image = new Uint8Array(sectors * SECTOR);
  const put = (sector: number, bytes: Uint8Array): void => image.set(bytes, sector * SECTOR);
  for (const tree of ["primary", "joliet"] as const) {
    put(AT[tree], descriptor(tree, label, sectors));
    AT.tables[tree].forEach((sector, i) => put(sector, pathTable(AT.root[tree], i === 0)));
    put(AT.root[tree], directory(tree, placed));
  }
  put(AT.end, signature(TYPE.end));
  for (const { sector, content } of placed) put(sector, content);
  return image;
}

function place(files: Readonly<Record<string, Uint8Array>>): Placed[] {
  const shorts = new Set<string>();
  let sector: number = AT.files;
  return Object.entries(files).map(([name, content]) => {
    const short = shortName(name);
    if (!/^[A-Za-z0-9._-]{1,64}$/.test(name) || shorts.has(short)) {
      throw new RangeError(`Cannot put a file ${JSON.stringify(name)} into an image`);
    }
    shorts.add(short);
    const placed = { name, content, sector };
    sector += sectorsOf(placed);
    return placed;
  });
}

/** An empty file has a sector, too: it needs a place of its own. */
function sectorsOf({ content }: Pick<Placed, "content">): number {
  return Math.max(1, Math.ceil(content.length / SECTOR));
}

/** The name for systems that know no other: eight letters, without suffix. */
function shortName(name: string): string {
  return `${name.toUpperCase().replace(/[^A-Z0-9]/g, "_").slice(0, 8)}.;1`;
}

function signature(type: number): Uint8Array {
  return Uint8Array.from([type, ...ascii("CD001"), 1]);
}

function descriptor(tree: Tree, label: string, sectors: number): Uint8Array {
  const bytes = new Uint8Array(SECTOR);
  const text = (at: number, length: number, value = ""): void =>
    bytes.set(tree === "primary" ? ascii(value.padEnd(length)) : ucs2(value, length), at);
  const [little, big] = AT.tables[tree];
  bytes.set(signature(TYPE[tree]));
  text(8, 32);
  text(40, 32, label);
  bytes.set(both32(sectors), 80);
  if (tree === "joliet") bytes.set(ascii(JOLIET_ESCAPE), 88);
  bytes.set(both16(1), 120); // volumes of the set
  bytes.set(both16(1), 124); // number of this one
  bytes.set(both16(SECTOR), 128);
  bytes.set(both32(TABLE_BYTES), 132);
  bytes.set(little32(little), 140);
  bytes.set(big32(big), 148);
  bytes.set(record(tree, "\0", AT.root[tree], SECTOR, DIRECTORY), 156);
  for (const at of [190, 318, 446, 574]) text(at, 128); // set, publisher, preparer, application
  for (const at of [702, 739, 776]) text(at, 37); // names of files about it
  for (const at of [813, 830, 847, 864]) bytes.set(ascii(NO_DATE), at);
  bytes[881] = 1; // the version of this structure
  return bytes;
}

function pathTable(root: number, isLittle: boolean): Uint8Array {
  const number = isLittle ? little32(root) : big32(root);
  const parent = isLittle ? [1, 0] : [0, 1];
  return Uint8Array.from([1, 0, ...number, ...parent, 0, 0]);
}

function directory(tree: Tree, files: readonly Placed[]): Uint8Array {
  const root = AT.root[tree];
  const names = files.map((file) => ({
    file,
    name: tree === "primary" ? shortName(file.name) : `${file.name};1`,
  }));
  names.sort((a, b) => a.name < b.name ? -1 : 1);
  const records = [
    record(tree, "\0", root, SECTOR, DIRECTORY),
    record(tree, "\x01", root, SECTOR, DIRECTORY),
    ...names.map(({ file, name }) => record(tree, name, file.sector, file.content.length, 0)),
  ].flatMap((it) => [...it]);
  if (records.length > SECTOR) throw new RangeError("Cannot list so many files in one image");
  return Uint8Array.from(records);
}

function record(tree: Tree, name: string, sector: number, size: number, flags: number): Uint8Array {
  const isSelf = name.length === 1;
  const id = isSelf || tree === "primary" ? ascii(name) : ucs2(name, 2 * name.length);
  const bytes = [
    ...[0, 0], // the record's length, and that of its extension
    ...both32(sector),
    ...both32(size),
    ...DATE,
    ...[flags, 0, 0], // not interleaved
    ...both16(1),
    id.length,
    ...id,
  ];
  if (bytes.length % 2 === 1) bytes.push(0);
  bytes[0] = bytes.length;
  return Uint8Array.from(bytes);
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Text in UCS-2, filled up with blanks. */
function ucs2(text: string, length: number): Uint8Array {
  const units = [...text.padEnd(Math.floor(length / 2))].map((it) => it.charCodeAt(0));
  return Uint8Array.from(units.flatMap((it) => [it >> 8, it & 0xff]));
}

function big32(value: number): number[] {
  return [value >>> 24, value >>> 16 & 0xff, value >>> 8 & 0xff, value & 0xff];
}

function little32(value: number): number[] {
  return big32(value).reverse();
}

function both32(value: number): number[] {
  return [...little32(value), ...big32(value)];
}

function both16(value: number): number[] {
  return [value & 0xff, value >> 8, value >> 8, value & 0xff];
}
