import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Seed, seedImage } from "./nocloud.ts";

const plain: Seed = { instanceId: "i-1", hostname: "web" };

/** A document of a seed. */
function document(seed: Seed, from: string): string {
  const all = new TextDecoder().decode(seedImage(seed));
  const start = all.indexOf(from);
  return all.slice(start, all.indexOf("\0", start));
}

function vendorData(seed: Seed): Record<string, unknown> {
  const all = new TextDecoder().decode(seedImage(seed)).split("#cloud-config\n").at(-1) ?? "";
  return JSON.parse(all.slice(0, all.indexOf("\0")));
}

Deno.test("a seed says who the guest is", () => {
  assertEquals(JSON.parse(document(plain, '{\n  "instance-id"')), {
    "instance-id": "i-1",
    "local-hostname": "web",
  });
});

Deno.test("what a job does not say is not in the seed", () => {
  assertEquals(vendorData(plain), {});
});

Deno.test("everything that a job says arrives as data, whatever its letters", () => {
  const nasty = `a: "b"\n- {c} # d \\ 'e' \u2028\x85`;
  const seed: Seed = {
    ...plain,
    timezone: "Europe/Berlin",
    commands: [nasty, "true"],
    password: nasty,
    authorizedKey: "ssh-ed25519 AAAA me",
  };
  assertEquals(vendorData(seed), {
    timezone: "Europe/Berlin",
    password: nasty,
    chpasswd: { expire: false },
    ssh_pwauth: true,
    ssh_authorized_keys: ["ssh-ed25519 AAAA me"],
    runcmd: [nasty, "true"],
  });
  const all = new TextDecoder().decode(seedImage(seed));
  assert(!/[\u2028\x85]/.test(all), "what YAML does not take in the open is escaped");
});

Deno.test("user data stays as it was written, and the driver's own part makes way for it", () => {
  const userData = '#!/bin/sh\necho "it\'s" > /x\n';
  assertStringIncludes(document({ ...plain, userData }, "#!/bin/sh"), userData);
  assert("merge_how" in vendorData({ ...plain, userData }));
});

Deno.test("the environment is a script of quoted values", () => {
  const { write_files } = vendorData({ ...plain, env: { B: "it's $HOME", A: "1" } });
  assertEquals(write_files, [{
    path: "/etc/profile.d/vmtck-task.sh",
    permissions: "0644",
    content: "export A='1'\nexport B='it'\\''s $HOME'\n",
  }]);
});
