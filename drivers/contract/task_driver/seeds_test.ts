import { assert, assertEquals } from "@std/assert";
import { TASK_CLAUSES } from "./clauses/mod.ts";
import { TASK_SEED_ITEMS } from "./seeds.ts";

// That every symbol exists is a matter of types: the compiler refuses a row with any other.

Deno.test("every item of the seed is there once, with a clause that exists", () => {
  const known = new Set(TASK_CLAUSES.map(({ id }) => id));
  assertEquals(known.size, TASK_CLAUSES.length);
  const items = TASK_SEED_ITEMS.map(({ item }) => item);
  assertEquals(new Set(items).size, items.length);
  for (const { item, clauses } of TASK_SEED_ITEMS) {
    assert(clauses.length > 0, item);
    assertEquals(clauses.filter((id) => !known.has(id)), [], item);
  }
});

Deno.test("no exported item of the seed is missing", () => {
  // Read off the published documentation.
  const methods = [
    ...["Capabilities", "ConfigSchema", "DestroyTask", "ExecTask", "Fingerprint", "InspectTask"],
    ...["PluginInfo", "RecoverTask", "SetConfig", "SignalTask", "StartTask", "StopTask"],
    ...["TaskConfigSchema", "TaskEvents", "TaskStats", "WaitTask"],
  ];
  const fields = [
    ...["ImagePath", "Hostname", "OS", "UserData", "TimeZone", "CMDs", "DefaultUserSSHKey"],
    ...["DefaultUserPassword", "UseThinCopy", "PrimaryDiskSize", "NetworkInterfacesConfig"],
  ];
  const types = [
    ...["Config", "DomainGetter", "Emulator", "ImageHandler", "Net", "OS", "TaskConfig"],
    ...["TaskState", "VirtDriverPlugin", "Virtualizer"],
  ];
  assertEquals(
    TASK_SEED_ITEMS.map(({ item }) => item).sort(),
    [
      "NewPlugin",
      ...types,
      ...["Emulator", "DataDir", "ImagePaths"].map((it) => `Config.${it}`),
      ...fields.map((it) => `TaskConfig.${it}`),
      ...["TaskConfig", "StartedAt", "NetTeardown"].map((it) => `TaskState.${it}`),
      ...["Fingerprint", "Init", "VMStartedBuild", "VMTerminatedTeardown"].map((it) => `Net.${it}`),
      ...methods.map((it) => `VirtDriverPlugin.${it}`),
    ].map((it) => `virt.${it}`).sort(),
  );
});
