// Against Debian's xorriso: VMTCK_LIVE=1 deno test -A drivers/libvirt/tasks/
import { assertEquals } from "@std/assert";
import { isoImage } from "./iso9660.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test({
  name: "xorriso reads the same names and contents",
  ignore: Deno.env.get("VMTCK_LIVE") !== "1",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const files = {
        "meta-data": bytes("m".repeat(5000)),
        "user-data": bytes("#cloud-config\n{}\n"),
        "vendor-data": bytes(""),
      };
      await Deno.writeFile(`${folder}/seed.iso`, isoImage("cidata", files));
      const args = ["-osirrox", "on", "-indev", "seed.iso", "-extract", "/", "out"];
      const { code, stderr } = await new Deno.Command("xorriso", { args, cwd: folder }).output();
      assertEquals([code, new TextDecoder().decode(stderr).includes("'cidata'")], [0, true]);
      for (const [name, content] of Object.entries(files)) {
        assertEquals(await Deno.readFile(`${folder}/out/${name}`), content);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
