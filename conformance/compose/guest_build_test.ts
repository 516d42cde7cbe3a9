import { assertRejects } from "@std/assert";
import { DriverError } from "../../drivers/contract/mod.ts";
import { withGuest } from "./guest_build.ts";

Deno.test({
  name: "a setting that the driver refuses is told before a guest is built for it",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await assertRejects(
      () => withGuest("libvirt", { uri: "xen:///system" }),
      DriverError,
      "xen:///system",
    );
  },
});
