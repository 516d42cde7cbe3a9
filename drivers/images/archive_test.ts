import { assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { Buffer } from "node:buffer";
import { deflateRawSync } from "node:zlib";
import { VirtualClock } from "../backend/clock.ts";
import { Trouble } from "../backend/driver_errors.ts";
import { memoryFiles } from "../backend/memory_files.ts";
import { DriverError } from "../contract/mod.ts";
import { onlyFile } from "./archive.ts";
import { imageStore } from "./store.ts";

const DISK = new Uint8Array(300_000).map((_, index) => index % 251);

/** A file for an archive, with what it says of itself where that is not so. */
interface Packed {
  readonly name: string;
  readonly content?: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  readonly size?: number;
  readonly at?: number;
  readonly isLarge?: boolean;
}

const le = (bytes: number, ...values: readonly number[]): Buffer =>
  Buffer.concat(values.map((value) => {
    const field = Buffer.alloc(8);
    field.writeBigUInt64LE(BigInt(value));
    return field.subarray(0, bytes);
  }));

/** An archive, as programs write it that cannot go back: sizes are in the directory alone. */
function zip(files: readonly Packed[], comment = ""): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = [];
  const entries: Buffer[] = [];
  const length = (of: readonly Buffer[]): number => of.reduce((sum, it) => sum + it.length, 0);
  for (const { name, content = DISK, method = 8, flags = 8, isLarge = false, ...told } of files) {
    const at = told.at ?? length(parts);
    const data = method === 8 ? deflateRawSync(content) : Buffer.from(content);
    const fields = [20, flags, method, 0, 0];
    const size = told.size ?? content.length;
    const extra = isLarge ? Buffer.concat([le(2, 1, 24), le(8, size, data.length, at)]) : le(1);
    const [all, packed, offset] = isLarge
      ? [0xffffffff, 0xffffffff, 0xffffffff]
      : [size, data.length, at];
    parts.push(le(4, 0x04034b50), le(2, ...fields), le(4, 0, 0, 0), le(2, name.length, 0));
    parts.push(Buffer.from(name), data, le(4, 0x08074b50, 0, data.length, content.length));
    entries.push(le(4, 0x02014b50), le(2, 20, ...fields), le(4, 0, packed, all));
    entries.push(
      le(2, name.length, extra.length, 0, 0, 0),
      le(4, 0, offset),
      Buffer.from(name),
      extra,
    );
  }
  const [from, size, count] = [length(parts), length(entries), files.length];
  const isLarge = files.some((file) => file.isLarge);
  const end64 = isLarge
    ? [
      ...[
        le(4, 0x06064b50),
        le(8, 44),
        le(2, 45, 45),
        le(4, 0, 0),
        le(8, count, count, size, from),
      ],
      ...[le(4, 0x07064b50, 0), le(8, from + size), le(4, 1)],
    ]
    : [];
  const end = [
    le(4, 0x06054b50),
    le(2, 0, 0, count, count),
    le(4, size, isLarge ? 0xffffffff : from),
  ];
  const all = [...parts, ...entries, ...end64, ...end, le(2, comment.length), Buffer.from(comment)];
  return new Uint8Array(Buffer.concat(all));
}

/** What comes out of an archive. */
async function unpacked(archive: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const files = memoryFiles();
  await using file = await files.create("/a.zip");
  for (let at = 0; at < archive.length; at += 1_000) {
    await file.write(archive.subarray(at, at + 1_000));
  }
  return Buffer.concat(await Array.fromAsync(onlyFile(files, "/a.zip", ".vhdx")));
}

const GOOD: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "a packed disk": zip([{ name: "kutti-1.30.vhdx" }]),
  "a disk that is not packed": zip([{ name: "a.vhdx", method: 0 }]),
  "a disk in a folder, in capitals": zip([{ name: "disks/A.VHDX" }]),
  "a disk behind a note": zip([{ name: "README", content: DISK.subarray(9) }, { name: "a.vhdx" }]),
  "a large archive": zip([{ name: "a.vhdx", isLarge: true }]),
  "an archive with a comment that looks like an end": zip(
    [{ name: "a.vhdx" }],
    "PK\x05\x06".repeat(9),
  ),
};

for (const [what, archive] of Object.entries(GOOD)) {
  Deno.test(`onlyFile() unpacks ${what}`, async () => {
    assertEquals(Buffer.compare(await unpacked(archive), DISK), 0);
  });
}

const ONE = zip([{ name: "a.vhdx" }]);
const BAD: Readonly<Record<string, readonly [archive: Uint8Array<ArrayBuffer>, why: string]>> = {
  "an archive of nothing": [zip([]), '0 ".vhdx" files'],
  "an archive without a disk": [zip([{ name: "a.vhd" }]), '0 ".vhdx" files'],
  "two disks": [zip([{ name: "a.vhdx" }, { name: "b.vhdx" }]), '2 ".vhdx" files'],
  "a way up": [zip([{ name: "../a.vhdx" }]), "../a.vhdx"],
  "a way up beside a disk": [zip([{ name: "a.vhdx" }, { name: "b\\..\\..\\c" }]), "b\\"],
  "an absolute name": [zip([{ name: "/a.vhdx" }]), "/a.vhdx"],
  "a drive": [zip([{ name: "C:a.vhdx" }]), "C:a.vhdx"],
  "an encrypted disk": [zip([{ name: "a.vhdx", flags: 9 }]), "encrypted"],
  "another method": [zip([{ name: "a.vhdx", method: 12 }]), "method 12"],
  "a huge disk": [zip([{ name: "a.vhdx", size: 2 ** 40, isLarge: true }]), "1099511627776 bytes"],
  "more than it says": [zip([{ name: "a.vhdx", size: DISK.length - 1 }]), "another size"],
  "less than it says": [zip([{ name: "a.vhdx", size: DISK.length + 1 }]), "another size"],
  "a file that is elsewhere": [zip([{ name: "a.vhdx", at: 1 }]), "points at no file"],
  "a number without end": [zip([{ name: "a.vhdx", at: 2 ** 60, isLarge: true }]), "too large"],
  "half an archive": [ONE.slice(0, ONE.length / 2), "no directory"],
  "an end that is cut": [ONE.slice(0, -1), "no directory"],
  "a few letters": [new TextEncoder().encode("PK\x03\x04"), "no directory"],
};

for (const [what, [archive, why]] of Object.entries(BAD)) {
  Deno.test(`onlyFile() refuses ${what}`, async () => {
    const error = await assertRejects(() => unpacked(archive), Trouble, why);
    assertEquals(error.code, "data-loss");
  });
}

Deno.test("onlyFile() refuses an archive with any of its parts gone, and never hangs", async () => {
  const small = zip([{ name: "a.vhdx", content: new Uint8Array(9) }]);
  for (let at = 0; at < small.length; at++) {
    const error = await assertRejects(() => unpacked(small.slice(at + 1)), Trouble);
    assertEquals(error.code, "data-loss");
  }
});

Deno.test("a packed disk that is damaged is refused", async () => {
  const archive = zip([{ name: "a.vhdx" }]);
  archive.fill(0xff, 200, 300);
  await assertRejects(() => unpacked(archive), Trouble, "damaged");
});

/** A store whose one image is published as an archive. */
function store(archive: Uint8Array<ArrayBuffer>, archived?: string) {
  const sha256 = createHash("sha256").update(DISK).digest("hex");
  const entry = { version: "1.0", sha256, url: "a.zip", deprecated: false };
  const files = memoryFiles();
  const clock = new VirtualClock();
  const images = imageStore({
    ...{ driver: "d", files, clock, cacheDir: "/cache", configDir: "/config", archived },
    listUrl: "http://host/images.json",
    fetch: (url) =>
      Promise.resolve(
        String(url).endsWith(".zip") ? new Response(archive) : Response.json([entry]),
      ),
  });
  const cached = async (): Promise<number[]> => {
    const names = (await files.list("/cache/images")).filter((name) => !name.endsWith(".json"));
    return await Promise.all(names.map(async (name) => {
      return (await files.stat(`/cache/images/${name}`))?.size ?? -1;
    }));
  };
  return { files, images, cached, [Symbol.dispose]: () => clock[Symbol.dispose]() };
}

Deno.test("fetch() of an archive keeps the disk in it, and tells the progress of the archive", async () => {
  using it = store(ONE, ".vhdx");
  await it.images.update();
  const image = await it.images.get("1.0");
  let last = 0;
  assertEquals(await image.fetch({ onProgress: ({ current }) => void (last = current) }), {
    changed: true,
  });
  assertEquals([await image.status(), await it.cached(), last], [
    "downloaded",
    [DISK.length],
    ONE.length,
  ]);
});

Deno.test("fetch() of an archive that is refused leaves nothing", async () => {
  using it = store(zip([{ name: "a.vhdx" }, { name: "b.vhdx" }]), ".vhdx");
  await it.images.update();
  const image = await it.images.get("1.0");
  const error = await assertRejects(() => image.fetch(), DriverError);
  assertEquals([error.code, error.subject, await it.cached()], ["data-loss", "image:1.0", []]);
});

Deno.test("fromFile() takes an archive, leaves it as it is, and holds its disk to the list", async () => {
  using it = store(ONE, ".vhdx");
  await it.images.update();
  const image = await it.images.get("1.0");
  const write = async (path: string, content: Uint8Array): Promise<void> => {
    await using file = await it.files.create(path);
    await file.write(content);
  };
  await write("/other.zip", zip([{ name: "a.vhdx", content: DISK.subarray(1) }]));
  const error = await assertRejects(() => image.fromFile("/other.zip"), DriverError, "SHA-256");
  assertEquals([error.code, await it.cached()], ["data-loss", []]);
  await write("/a.zip", ONE);
  assertEquals(await image.fromFile("/a.zip"), { changed: true });
  assertEquals(await image.fromFile("/a.zip"), { changed: false });
  assertEquals([await it.cached(), (await it.files.stat("/a.zip"))?.size], [
    [DISK.length],
    ONE.length,
  ]);
});

Deno.test("a driver that takes no archives holds the archive itself to the list", async () => {
  using it = store(ONE);
  await it.images.update();
  const image = await it.images.get("1.0");
  await assertRejects(() => image.fetch(), DriverError, "SHA-256");
});
