import { assertEquals, assertStringIncludes } from "@std/assert";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const standIns = ["./assert", "./cli", "./streams"];

/** An empty checkout with the script in it, and a folder that plays JSR. */
class Checkout implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async make(): Promise<Checkout> {
    const checkout = new Checkout(await Deno.makeTempDir({ prefix: "vmtck-choose-" }));
    await checkout.write(
      "choose.ts",
      await Deno.readTextFile(new URL("choose.ts", import.meta.url)),
    );
    return checkout;
  }

  async write(path: string, text: string): Promise<void> {
    const file = join(this.folder, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, text);
  }

  async publish(name: string): Promise<void> {
    const manifest = { manifest: {}, exports: { ".": "./mod.ts" } };
    await this.write(`jsr/${name}/meta.json`, JSON.stringify({ versions: { "1.0.0": {} } }));
    await this.write(`jsr/${name}/1.0.0_meta.json`, JSON.stringify(manifest));
    await this.write(`jsr/${name}/1.0.0/mod.ts`, "export {};");
  }

  async choose(...args: string[]): Promise<{ code: number; stderr: string }> {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-config", join(this.folder, "choose.ts"), ...args],
      env: {
        JSR_URL: `${pathToFileURL(join(this.folder, "jsr"))}/`,
        DENO_DIR: join(this.folder, "cache"),
      },
    }).output();
    return { code, stderr: new TextDecoder().decode(stderr) };
  }

  async choice(): Promise<unknown> {
    return JSON.parse(await Deno.readTextFile(join(this.folder, "deno.json")));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("choose takes the stand-ins when JSR does not answer", async () => {
  await using checkout = await Checkout.make();
  assertEquals((await checkout.choose()).code, 0);
  assertEquals(await checkout.choice(), { workspace: standIns });
});

Deno.test("choose takes JSR when it has every package", async () => {
  await using checkout = await Checkout.make();
  for (const name of standIns) await checkout.publish(`@std/${name.slice(2)}`);
  assertEquals((await checkout.choose()).code, 0);
  assertEquals(await checkout.choice(), { workspace: [] });
});

Deno.test("choose takes the stand-ins when JSR lacks one package", async () => {
  await using checkout = await Checkout.make();
  for (const name of standIns.slice(1)) await checkout.publish(`@std/${name.slice(2)}`);
  await checkout.choose();
  assertEquals(await checkout.choice(), { workspace: standIns });
});

Deno.test("choose keeps what was chosen, until told otherwise", async () => {
  await using checkout = await Checkout.make();
  await checkout.choose("jsr");
  assertEquals(await checkout.choose(), { code: 0, stderr: "" });
  assertEquals(await checkout.choice(), { workspace: [] });
  await checkout.choose("local");
  assertEquals(await checkout.choice(), { workspace: standIns });
});

Deno.test("choose may run several times at once, and leaves one file", async () => {
  await using checkout = await Checkout.make();
  const runs = await Promise.all([1, 2, 3].map(() => checkout.choose()));
  assertEquals(runs.map((it) => it.code), [0, 0, 0]);
  assertEquals(await checkout.choice(), { workspace: standIns });
  const files = (await Array.fromAsync(Deno.readDir(checkout.folder))).map((it) => it.name);
  assertEquals(files.filter((it) => it.endsWith(".tmp")), []);
});

Deno.test("choose refuses another side, and changes nothing", async () => {
  await using checkout = await Checkout.make();
  await checkout.choose("local");
  const { code, stderr } = await checkout.choose("npm");
  assertEquals(code, 2);
  assertStringIncludes(stderr, '"npm"');
  assertEquals(await checkout.choice(), { workspace: standIns });
});
