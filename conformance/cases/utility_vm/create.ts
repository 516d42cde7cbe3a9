/**
 * Cases about making utility VMs.
 *
 * @module
 */

import type { UtilityVmOptions } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { asked, at, told, vmSubject } from "./words.ts";

/** The cases. */
export const UVM_CREATE_CASES: readonly Case<"utility-vm">[] = [
  {
    id: "uvm.create",
    title: "A new VM has its id and does not run",
    why: "A create that starts, and ids that the service made up itself",
    checks: {
      id: "uvm.create.created",
      state: "uvm.create.created",
      facets: "uvm.facets",
    },
    async run({ vms, fresh, check }) {
      const options = await fresh.options();
      const vm = await fresh.created(options);
      check.equal("id", vmSubject(vm), [vm.id, vm.os], [options.id, options.os]);
      check.equal("state", vmSubject(vm), (await vm.status()).state, "created");
      const facets = (["networks", "plan9", "vpmem", "vsmb"] as const)
        .filter((facet) => vm[facet] !== undefined);
      check.equal("facets", vmSubject(vm), facets, [...vms.guests[vm.os] ?? []].sort());
    },
  },
  {
    id: "uvm.create.made-up-id",
    title: "Two VMs without ids get two ids",
    why: "An id from a counter or a clock that starts anew in each process",
    checks: { ids: "uvm.create.id", rest: "uvm.create.id" },
    async run({ fresh, check }) {
      const nameless = async (): Promise<UtilityVmOptions> => {
        const { id: _, ...options } = await fresh.options();
        return options;
      };
      const first = await fresh.created(await nameless());
      const second = await fresh.created(await nameless());
      check.holds("ids", "the ids", first.id !== second.id, "two", [first.id, second.id]);
      check.holds("rest", "an id", first.id.length >= 16, "no guess", first.id);
    },
  },
  {
    id: "uvm.create.exists",
    title: "An id that is taken is refused, and its VM goes on",
    why: "The service answers 0x8037010F, and a retry that clears up ends the first one's VM",
    checks: {
      refused: "uvm.create.exists",
      other: "uvm.create.exists",
      alive: "uvm.create.exists",
    },
    async run({ fresh, check, vms, another }) {
      const options = await fresh.options();
      const vm = await fresh.running(options);
      const refusal = { code: "already-exists", subject: vmSubject(vm) } as const;
      await check.refused("refused", () => vms.create(options), refusal);
      const other = await another();
      await check.refused("other", () => other.create(options), refusal);
      check.equal("alive", vmSubject(vm), (await vm.status()).state, "running");
    },
  },
  {
    id: "uvm.create.os",
    title: "A guest that is no exact word is refused",
    why: "Windows and LINUX taken in silence for the other branch",
    needs: ["faults"],
    checks: { refused: "uvm.create.os", asked: "uvm.create.os" },
    async run(context) {
      const { fresh, check, vms, settled } = context;
      const options = await fresh.options();
      const wrong = ["Windows", "LINUX", "", "darwin", undefined, 1]
        .map((os) => ({ ...options, os }) as unknown as UtilityVmOptions);
      let calls = 0;
      const seen: string[] = [];
      for (const each of wrong) {
        calls += await asked(context, async () => {
          const [result] = await settled([vms.create(each)]);
          seen.push(told(result ?? {}));
        });
      }
      check.equal("refused", "wrong guests", seen, wrong.map(() => "invalid-argument"));
      check.equal("asked", "calls of the host", calls, 0);
    },
  },
  {
    id: "uvm.create.invalid",
    title: "Options that make no sense are refused before the host is asked",
    why: "hcsshim makes the scratch folder first, and reads the controller count for Linux alone",
    needs: ["faults", "linux", "windows", "host.windowsLayers", "host.scratchPath"],
    checks: { refused: "uvm.create.invalid", asked: "uvm.create.invalid" },
    async run(context) {
      const { fresh, check, vms, settled } = context;
      const linux = await fresh.linux();
      const windows = await fresh.windows();
      const wrong: readonly (readonly [string, unknown])[] = [
        ["no options", undefined],
        ["an empty id", { ...linux, id: "" }],
        ["an id with NUL", { ...linux, id: "a\0b" }],
        ["no memory", { ...linux, memoryBytes: 0 }],
        ["negative memory", { ...linux, memoryBytes: -1 }],
        ["half a byte", { ...linux, memoryBytes: 0.5 }],
        ["too much memory", { ...linux, memoryBytes: 2 ** 60 }],
        ["no processors", { ...linux, cpus: 0 }],
        ["half a processor", { ...linux, cpus: 1.5 }],
        ["two controllers", { ...linux, scsiControllers: 2 }],
        ["fewer than no controllers", { ...linux, scsiControllers: -1 }],
        ["a kernel elsewhere", { ...linux, kernelFile: "..\\kernel" }],
        ["a root elsewhere", { ...linux, rootFile: "C:\\root.vhd" }],
        ["a relative folder", { ...linux, bootFilesPath: "boot" }],
        ["another root file system", { ...linux, rootFileSystem: "squashfs" }],
        ["two kernel lines", { ...linux, kernelOptions: "a\nb" }],
        ["no scratch folder", { ...windows, layerFolders: windows.layerFolders.slice(0, 1) }],
        ["no layers", { ...windows, layerFolders: undefined }],
        ["an empty layer", { ...windows, layerFolders: ["", ...windows.layerFolders] }],
        ["Windows without controllers", { ...windows, scsiControllers: 0 }],
      ];
      let calls = 0;
      const seen: string[] = [];
      for (const [what, options] of wrong) {
        calls += await asked(context, async () => {
          const [result] = await settled([vms.create(options as UtilityVmOptions)]);
          seen.push(`${what}: ${told(result ?? {})}`);
        });
      }
      const expected = wrong.map(([what]) => `${what}: invalid-argument`);
      check.equal("refused", "wrong options", seen, expected);
      check.equal("asked", "calls of the host", calls, 0);
    },
  },
  {
    id: "uvm.create.missing",
    title: "A VM whose files are missing is refused, and nothing is made",
    why:
      "The service refuses such a document with a text in the language of the host, after the scratch was made",
    needs: [
      "linux",
      "windows",
      "host.bootFiles",
      "host.windowsLayers",
      "host.scratchPath",
      "host.hasFile",
    ],
    checks: {
      kernel: "uvm.create.missing",
      root: "uvm.create.missing",
      image: "uvm.create.missing",
      left: "uvm.create.missing",
    },
    async run({ fresh, check, vms, host }) {
      const reason = "file-missing";
      const refusal = (id: string | undefined) =>
        ({ code: "failed-precondition", subject: `uvm:${id}`, reason }) as const;
      const kernel = await fresh.linux({ kernelFile: "none" });
      await check.refused("kernel", () => vms.create(kernel), refusal(kernel.id));
      const root = await fresh.linux({ rootFile: "none.img" });
      await check.refused("root", () => vms.create(root), refusal(root.id));
      const [top = ""] = await host.windowsLayers();
      const scratch = await fresh.scratch();
      const image = await fresh.windows({ layerFolders: [top, scratch] });
      await check.refused("image", () => vms.create(image), refusal(image.id));
      check.equal("left", scratch, await host.hasFile(scratch), false);
    },
  },
  {
    id: "uvm.create.pure",
    title: "Options are as they were, and make a second VM",
    why: "hcsshim fills the kernel, the folder and the root file into the caller's own options",
    checks: { same: "uvm.create.pure", frozen: "uvm.create.pure", again: "uvm.create.pure" },
    async run({ fresh, check }) {
      const { id: _, ...options } = await fresh.options();
      const before = JSON.stringify(options);
      await (await fresh.created(options)).close();
      check.equal("same", "the options", JSON.stringify(options), before);
      const frozen = Object.freeze({ ...options });
      const vm = await check.succeeds("frozen", "frozen options", () => fresh.created(frozen));
      await vm.close();
      const second = await fresh.created(frozen);
      check.holds("again", vmSubject(second), vm.id !== second.id, "another VM", second.id);
    },
  },
  {
    id: "uvm.create.defaults",
    title: "Without sizes a VM has the documented ones",
    why: "Defaults that drift apart from what is written about them",
    needs: ["linux", "host.document"],
    checks: {
      memory: "uvm.create.defaults",
      scsi: "uvm.create.defaults",
      vpmem: "uvm.create.vpmem-count",
    },
    async run({ fresh, check, host }) {
      const vm = await fresh.created(await fresh.linux());
      const machine = at(await host.document(vm.id), "VirtualMachine");
      const memory = at(machine, "ComputeTopology", "Memory", "SizeInMB");
      check.equal("memory", vmSubject(vm), memory, 1024);
      const controllers = Object.keys(at(machine, "Devices", "Scsi") ?? {});
      check.equal("scsi", vmSubject(vm), controllers.length, 1);
      const count = at(machine, "Devices", "VirtualPMem", "MaximumCount");
      check.equal("vpmem", vmSubject(vm), count, 64);
    },
  },
  {
    id: "uvm.create.memory",
    title: "Memory is rounded up to an even number of MiB",
    why: "hcsshim cut 512 KiB down to nothing, and odd sizes were refused by the service",
    needs: ["host.document"],
    checks: { sizes: "uvm.create.memory" },
    async run({ fresh, check, host }) {
      const MIB = 1024 ** 2;
      const sizes = [[1, 2], [2 * MIB, 2], [2 * MIB + 1, 4], [511 * MIB, 512], [64 * MIB, 64]];
      const seen: unknown[] = [];
      for (const [memoryBytes] of sizes) {
        const vm = await fresh.created({ ...await fresh.options(), memoryBytes });
        const machine = at(await host.document(vm.id), "VirtualMachine");
        seen.push([memoryBytes, at(machine, "ComputeTopology", "Memory", "SizeInMB")]);
        await vm.close();
      }
      check.equal("sizes", "bytes and MiB", seen, sizes);
    },
  },
  {
    id: "uvm.create.host-limits",
    title: "More than the host has is refused",
    why: "A service that answers with a number that nobody has documented",
    checks: { memory: "uvm.create.host-limits", cpus: "uvm.create.host-limits" },
    async run({ fresh, check, vms }) {
      const large = { ...await fresh.options(), memoryBytes: 2 ** 50 };
      const refusal = (id: string | undefined) =>
        ({ code: "resource-exhausted", subject: `uvm:${id}` }) as const;
      await check.refused("memory", () => vms.create(large), refusal(large.id));
      const many = { ...await fresh.options(), cpus: 100_000 };
      await check.refused("cpus", () => vms.create(many), refusal(many.id));
    },
  },
  {
    id: "uvm.create.text",
    title: "Ids and kernel options with quotes, backslashes and other scripts mean themselves",
    why: "JSON that is put together from text, and strings that are cut to bytes",
    needs: ["linux", "host.document"],
    checks: { id: "uvm.create.text", kernel: "uvm.create.text", list: "uvm.create.text" },
    async run({ fresh, check, vms, host }) {
      const id = `${fresh.id()} "ä\\ñ" 日本 𝄞 '$(x)'`;
      const kernelOptions = 'quiet "a b" \\x 日本';
      const vm = await fresh.created(await fresh.linux({ id, kernelOptions }));
      check.equal("id", vmSubject(vm), vm.id, id);
      const chipset = JSON.stringify(at(await host.document(id), "VirtualMachine", "Chipset"));
      const words = JSON.stringify(kernelOptions).slice(1, -1);
      check.holds("kernel", vmSubject(vm), chipset.includes(words), kernelOptions, chipset);
      check.equal("list", "the list", (await vms.list()).map((it) => it.id), [id]);
    },
  },
  {
    id: "uvm.create.owner",
    title: "A VM is its owner's, and listed for nobody else",
    why: "A clean-up that ends whatever it finds on the host",
    needs: ["host.document"],
    checks: { document: "uvm.create.owner", own: "uvm.list", other: "uvm.list" },
    async run({ fresh, check, vms, host, another }) {
      const vm = await fresh.created();
      const { Owner } = await host.document(vm.id) as { Owner: string };
      check.equal("document", vmSubject(vm), [Owner, vm.owner], [vms.owner, vms.owner]);
      const own = [{ id: vm.id, state: "created" }];
      check.equal("own", "the owner's list", await vms.list(), own);
      const stranger = await another({ owner: `${vms.owner}x` });
      check.equal("other", "another owner's list", await stranger.list(), []);
    },
  },
];
