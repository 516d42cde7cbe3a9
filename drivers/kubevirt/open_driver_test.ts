import { assertEquals, assertRejects } from "@std/assert";
import { makeCertificates } from "../../fixtures/simulators/kubevirt/certificates.ts";
import { serveKubevirt } from "../../fixtures/simulators/kubevirt/serve.ts";
import { systemClock } from "../backend/clock.ts";
import { DriverError } from "../contract/mod.ts";
import { kubevirtDriver } from "./open_driver.ts";

const CONTENT = "VMTCK GUEST and the rest of a disk";

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function options(folder: string) {
  return {
    owner: "me",
    imagesUrl: "http://127.0.0.1:9/images.json",
    settings: { kubeconfig: `${folder}/kubeconfig`, namespace: "vmtck", patience: "20" },
    cacheDir: `${folder}/cache`,
    configDir: `${folder}/config`,
  };
}

Deno.test("a program's driver makes, runs and removes a machine over HTTPS, with an upload", async () => {
  const certificates = await makeCertificates();
  await using served = await serveKubevirt({
    clock: systemClock(),
    epoch: Date.now(),
    certificates,
  });
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/kubeconfig`, served.kubeconfig);
    await Deno.writeTextFile(`${folder}/disk.img`, CONTENT);
    const sha256 = new Uint8Array(
      await crypto.subtle.digest("SHA-256", new TextEncoder().encode(CONTENT)),
    ).toHex();
    const image = {
      version: "1.0.0",
      sha256,
      url: "http://127.0.0.1:9/disk.img",
      deprecated: false,
    };
    await Deno.mkdir(`${folder}/config`);
    await Deno.writeTextFile(`${folder}/config/images.json`, JSON.stringify([image]));

    await using driver = await kubevirtDriver(options(folder));
    assertEquals((await driver.status()).state, "ready");
    await (await driver.images.get("1.0.0")).fromFile(`${folder}/disk.img`);
    const machine = await driver.machines.create({ cluster: "c1", name: "m1", image: "1.0.0" });
    assertEquals(await machine.start(), { changed: true, state: "running" });
    assertEquals((await machine.wait("address", { timeoutMs: 10_000 })).verdict, "reached");
    assertEquals((await machine.stop()).changed, true);
    assertEquals((await machine.wait("stopped", { timeoutMs: 10_000 })).verdict, "reached");
    await driver.machines.delete(machine);
    assertEquals(await driver.machines.list(), []);
  });
});

Deno.test("a kubeconfig that is not there is an error that names it", async () => {
  await inFolder(async (folder) => {
    const open = () => kubevirtDriver(options(folder));
    const error = await assertRejects(open, DriverError, "there is none");
    assertEquals(error.code, "unavailable");
  });
});

Deno.test("a kubeconfig that names a program is refused, unless that is allowed", async () => {
  await inFolder(async (folder) => {
    const user = { exec: { command: "sh", args: ["-c", `touch ${folder}/ran`] } };
    const config = {
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:9" } }],
      users: [{ name: "u", user }],
    };
    await Deno.writeTextFile(`${folder}/kubeconfig`, JSON.stringify(config));
    const error = await assertRejects(() => kubevirtDriver(options(folder)), DriverError, "exec");
    assertEquals(error.code, "invalid-argument");
    await assertRejects(() => Deno.stat(`${folder}/ran`), Deno.errors.NotFound);
  });
});
