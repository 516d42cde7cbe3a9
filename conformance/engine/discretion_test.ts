import { assertEquals } from "@std/assert";
import { disguisesOf } from "../../drivers/contract/mod.ts";
import { Discretion } from "./discretion.ts";

const base64 = (text: string): string => new TextEncoder().encode(text).toBase64();
const KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\nEFAASCBKcwggSjAgEA\n-----END";
const CONFIG = JSON.stringify({
  clusters: [{ cluster: { server: "https://h:6443" } }],
  users: [{ user: { "token": "t0ken-of-nobody", "client-key-data": base64(KEY) } }],
  contexts: [{ context: { namespace: "the-namespace" } }],
});

function discretion(): Discretion {
  const it = new Discretion();
  it.add(CONFIG);
  return it;
}

Deno.test("a secret is hidden in every form, wherever it stands", () => {
  const it = discretion();
  for (const secret of [CONFIG, "t0ken-of-nobody", KEY, "MIIEvQIBADANBgkqhkiG9w0BAQ"]) {
    for (const form of disguisesOf(secret)) {
      const { seen } = it.hidden({ seen: [{ message: `it was ${form}.` }] });
      const [{ message } = { message: "" }] = seen;
      assertEquals(message.includes(form), false, form);
    }
  }
});

Deno.test("what is no secret stays as it is", () => {
  const value = { seen: ["https://h:6443", "kubevirt://the-namespace/o.m1/u"], status: "fail" };
  assertEquals(discretion().hidden(value), value);
  assertEquals(new Discretion().hidden(value), value);
});

Deno.test("a secret that comes later is hidden from then on", () => {
  const it = discretion();
  assertEquals(it.hidden("it is canary-5f2c"), "it is canary-5f2c");
  it.add("canary-5f2c");
  assertEquals(it.hidden("it is canary-5f2c"), "it is (hidden)");
});
