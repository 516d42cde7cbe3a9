import { assert, assertEquals } from "@std/assert";
import { scanForSecrets } from "./secrets.ts";

/** Glued together here, so that no scanner of repositories trips over this file. */
const join = (...parts: string[]): string => parts.join("");
const key = join("-----BEGIN OPENSSH ", "PRIVATE KEY-----");
const call = (params: unknown): string =>
  JSON.stringify({ at: 1, ms: 2, lane: "machine:o.c.m", method: "x", params, result: null });

const PLANTED: readonly [rule: string, text: string][] = [
  ["private key", call({ file: `${key}\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAA` })],
  ["private key", call({ pem: join("-----BEGIN RSA ", "PRIVATE KEY-----") })],
  ["private key", call({ pem: join("-----BEGIN ", "PRIVATE KEY-----") })],
  ["secret field", call({ password: "hunter2" })],
  ["secret field", call({ graphics: { passwd: "vnc" } })],
  ["secret field", call({ AdminPassword: "P@ss" })],
  ["secret field", call({ session_token: "abc" })],
  ["secret field", call({ clientSecret: "abc" })],
  ["secret field", call({ "api-key": "k1" })],
  ["secret field", call({ stdin: "PASSWORD=hunter2 ./run" })],
  ["secret field", call({ body: JSON.stringify({ password: "hunter2" }) })],
  ["secret field", call({ body: JSON.stringify(JSON.stringify({ token: "hunter2" })) })],
  ["secret element", call(["graphics", {}, ["password", {}, "hunter2"]])],
  ["secret argument", call({ argv: ["login", "--password", "hunter2"] })],
  ["authorization", call({ headers: { Accept: "Bearer abcdefgh12345" } })],
  ["authorization", call({ text: "Authorization: Basic dXNlcjpwYXNz" })],
  ["address with credentials", call({ url: "https://joe:hunter2@example.test/x" })],
  ["cloud key", call({ id: join("AKIA", "IOSFODNN7EXAMPLE") })],
  ["cloud key", call({ id: join("AIza", "SyA1234567890abcdefghijklmnopqrstuv") })],
  ["service token", call({ id: join("ghp_", "abcdefghijklmnopqrstuvwxyz0123456789") })],
  ["service token", call({ id: join("xoxb-", "123456789012-abcdef") })],
  ["web token", call({ id: join("eyJ", "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln") })],
  ["product key", call({ key: join("W269N-WFGWX-", "YVC9B-4J6C9-T83GX") })],
  ["account id", call({ owner: "S-1-5-21-3623811015-3361044348-30300820-1013" })],
  ["user's home", call({ path: "/home/joe/image.qcow2" })],
  ["user's home", call({ path: "/Users/joe/image.qcow2" })],
  ["user's home", call({ path: "C:\\Users\\nora\\image.vhdx" })],
  ["user's home", call({ path: "/root/.cache/image.qcow2" })],
  ["e-mail address", call({ comment: "joe@example.test" })],
  ["random text", call({ x: join("wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYEXAMPLEKEY") })],
  ["random text", call({ x: "d41d8cd98f00b204e9800998ecf8427e" })],
];

for (const [rule, text] of PLANTED) {
  Deno.test(`scanForSecrets() finds a ${rule} in ${text.slice(49, 79)}`, () => {
    const rules = scanForSecrets(`${call({})}\n${text}\n`);
    assert(rules.some((it) => it.rule === rule && it.line === 2), JSON.stringify(rules));
  });
}

Deno.test("scanForSecrets() passes what a tape is made of", () => {
  const clean = [
    JSON.stringify({
      format: 1,
      driver: "libvirt",
      versions: { libvirt: "9.0.0", qemu: "7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)" },
      recordedAt: "2026-01-02T03:04:05.678Z",
      sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }),
    call({
      uuid: "550e8400-e29b-41d4-a716-446655440000",
      mac: "52:54:00:12:34:56",
      ip: "10.0.0.7",
    }),
    call({ uuid: "⟨uuid:1⟩", password: "⟨password:1⟩", secret: null, tokens: 3 }),
    call({ path: "/var/lib/libvirt/images/o.c.m-550e8400-e29b-41d4-a716-446655440000.qcow2" }),
    call(["domain", { type: "qemu" }, ["loader", {}, "/usr/share/OVMF/OVMF_CODE_4M.fd"]]),
    call({ flags: 65536, method: "virStorageVolCreateXMLFrom", machine: "pc-q35-7.2" }),
    call({ message: "Domain not found: no domain with matching name 'o.c.m'", code: "42" }),
  ].join("\n");
  assertEquals(scanForSecrets(clean), []);
});

Deno.test("scanForSecrets() does not repeat what it found", () => {
  for (const [, text] of PLANTED) {
    for (const { excerpt } of scanForSecrets(text)) assert(excerpt.length <= 7, excerpt);
  }
});
