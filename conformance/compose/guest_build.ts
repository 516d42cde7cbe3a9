/**
 * The test guest for live runs of libvirt: built once, when nobody names one.
 *
 * @module
 */

import { HarnessError } from "../engine/subject.ts";

type Settings = Readonly<Record<string, string>>;

/**
 * The settings with the folder of the test guest, which is built first if need be. What the build has
 * to say is on standard error while it goes on: it takes half a minute.
 *
 * @throws {HarnessError} saying what the build lacks
 * @throws {DriverError} `invalid-argument` for what the driver will not take, before anything is built
 */
export async function withGuest(driver: string, settings: Settings): Promise<Settings> {
  const script = new URL("../../fixtures/guest/build.sh", import.meta.url);
  const builds = driver === "libvirt" && settings.guest === undefined &&
    script.protocol === "file:" && Deno.build.os === "linux";
  if (!builds) return settings;
  const { readSettings } = await import("../../drivers/libvirt/settings.ts");
  readSettings(settings);
  const child = new Deno.Command("bash", {
    args: [decodeURIComponent(script.pathname)],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [shown, kept] = child.stderr.tee();
  const [folder, said, { success }] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(kept).text(),
    child.status,
    shown.pipeTo(Deno.stderr.writable, { preventClose: true }),
  ]);
  if (success) return { ...settings, guest: folder.trim() };
  throw new HarnessError(
    `Cannot build the test guest: ${said.trim().split("\n").at(-1)}; ` +
      'or name the folder of one with "--set guest=DIR"',
  );
}
