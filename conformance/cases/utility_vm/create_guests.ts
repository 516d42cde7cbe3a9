/**
 * Cases about what utility VMs are made from: layers, root file systems, additional documents.
 *
 * @module
 */

import type { Case } from "../../case.ts";
import { added, areNumbered, asked, at, told, vmSubject } from "./words.ts";

/** The cases. */
export const UVM_GUEST_CASES: readonly Case<"utility-vm">[] = [
  {
    id: "uvm.create.layers",
    title: "A Windows guest starts from the first layer that has one",
    why: "Layers are ordered from the top, and a search from the base finds an old guest",
    needs: ["windows", "host.windowsLayers", "host.scratchPath", "host.document"],
    checks: { share: "uvm.create.layers", runs: "uvm.create.layers" },
    async run({ fresh, check, host }) {
      const layers = await host.windowsLayers();
      const base = layers.at(-1) ?? "";
      const vm = await fresh.running(await fresh.windows());
      const devices = at(await host.document(vm.id), "VirtualMachine", "Devices");
      const share = at(devices, "VirtualSmb", "Shares", "0", "Path");
      const isOfBase = String(share).toLowerCase().startsWith(base.toLowerCase());
      check.holds("share", vmSubject(vm), isOfBase, `a folder in ${base}`, share);
      check.equal("runs", vmSubject(vm), (await vm.status()).state, "running");
    },
  },
  {
    id: "uvm.create.scratch",
    title: "A missing scratch disk is made, one that is there is used",
    why: "A scratch disk that is copied over at each start loses what was on it",
    needs: [
      "windows",
      "host.windowsLayers",
      "host.scratchPath",
      "host.hasFile",
      "host.devices",
      "host.plantDisk",
    ],
    checks: {
      made: "uvm.create.scratch",
      again: "uvm.create.scratch",
      first: "uvm.create.scratch-first",
      next: "uvm.create.scratch-first",
      reserved: "uvm.scsi.reserved",
      stays: "uvm.scsi.reserved",
    },
    async run({ fresh, check, host }) {
      const options = await fresh.windows();
      const disk = `${options.layerFolders.at(-1)}\\sandbox.vhdx`;
      const first = await fresh.created(options);
      check.equal("made", disk, await host.hasFile(disk), true);
      await first.close();
      const { layerFolders } = options;
      const second = await fresh.windows({ layerFolders });
      const vm = await check.succeeds("again", disk, () => fresh.running(second));
      const devices = await host.devices(vm.id);
      check.holds("first", vmSubject(vm), devices.includes(`scsi:0:0=${disk}`), disk, devices);
      const { location } = await vm.scsi.add({ hostPath: await fresh.disk() });
      check.holds("next", vmSubject(vm), areNumbered([location], [1]), "the second", location);
      const subject = `attachment:${disk}` as const;
      const refusal = { code: "failed-precondition", subject, reason: "reserved" } as const;
      await check.refused("reserved", () => vm.scsi.remove(disk), refusal);
      const still = (await host.devices(vm.id)).includes(`scsi:0:0=${disk}`);
      check.holds("stays", disk, still, "attached", await host.devices(vm.id));
    },
  },
  {
    id: "uvm.create.root",
    title: "The extension says whether the root file system is a disk",
    why: 'hcsshim compared "vhd" with ".vhd", and so refused every file that was named',
    needs: ["linux", "host.bootFiles", "host.document"],
    checks: { kinds: "uvm.create.root", preferred: "uvm.create.root", starts: "uvm.create.root" },
    async run({ fresh, check, host }) {
      const kindOf = async (options: Parameters<typeof fresh.linux>[0]): Promise<string> => {
        const vm = await fresh.created(await fresh.linux(options));
        const devices = at(await host.document(vm.id), "VirtualMachine", "Devices");
        const root = at(devices, "VirtualPMem", "Devices", "0", "HostPath");
        await vm.close();
        return root === undefined ? "RAM disk" : "disk";
      };
      const files = ["initrd.img", "rootfs.vhd", "rootfs.vhdx", "ROOTFS2.VHDX"];
      const seen: string[] = [];
      for (const rootFile of files) seen.push(await kindOf({ rootFile }));
      check.equal("kinds", files.join(), seen, ["RAM disk", "disk", "disk", "disk"]);
      const preferred = [
        await kindOf({}),
        await kindOf({ rootFileSystem: "initrd" }),
        await kindOf({ rootFileSystem: "vhd" }),
      ];
      check.equal("preferred", "unnamed files", preferred, ["RAM disk", "RAM disk", "disk"]);
      const options = await fresh.linux({ rootFile: "rootfs.vhd" });
      const vm = await check.succeeds("starts", "rootfs.vhd", () => fresh.running(options));
      await vm.close();
    },
  },
  {
    id: "uvm.create.root-disk",
    title: "A root file system on a disk takes the first VPMEM device for itself",
    why:
      "hcsshim booked it under its file's name, so the same file could be attached and the root removed",
    needs: ["linux.vpmem", "host.bootFiles", "host.plantDisk", "host.devices", "host.grants"],
    checks: {
      none: "uvm.create.root-disk",
      next: "uvm.create.root-disk",
      remove: "uvm.vpmem.reserved",
      add: "uvm.vpmem.reserved",
      stays: "uvm.vpmem.reserved",
      access: "uvm.create.access",
      closed: "uvm.create.access",
    },
    async run({ fresh, check, vms, host }) {
      const without = await fresh.linux({ rootFileSystem: "vhd", vpmemDevices: 0 });
      const invalid = { code: "invalid-argument", subject: `uvm:${without.id}` } as const;
      await check.refused("none", () => vms.create(without), invalid);
      const granted = await host.grants();
      const vm = await fresh.running(await fresh.linux({ rootFileSystem: "vhd" }));
      const before = await host.devices(vm.id);
      const root = `${await host.bootFiles()}\\rootfs.vhd`;
      const access = added(granted, await host.grants());
      check.equal("access", vmSubject(vm), access, [`${vm.id} ${root}`]);
      const device = await vm.vpmem?.add({ hostPath: await fresh.disk("vhd") });
      const right = areNumbered([device?.location], [1]);
      check.holds("next", vmSubject(vm), right, "the second", device);
      const subject = `attachment:${root}` as const;
      const refusal = { code: "failed-precondition", subject, reason: "reserved" } as const;
      await check.refused("remove", () => vm.vpmem?.remove(root), refusal);
      await check.refused("add", () => vm.vpmem?.add({ hostPath: root }), refusal);
      const now = await host.devices(vm.id);
      const gone = before.filter((entry) => !now.includes(entry));
      check.equal("stays", vmSubject(vm), gone, []);
      await vm.close();
      check.equal("closed", vmSubject(vm), added(granted, await host.grants()), []);
    },
  },
  {
    id: "uvm.create.vpmem-count",
    title: "A Linux guest has 0 to 128 VPMEM devices",
    why: "hcsshim checked the number and then did not use it",
    needs: ["linux.vpmem", "host.document"],
    checks: { bounds: "uvm.create.vpmem-count", counts: "uvm.create.vpmem-count" },
    async run({ fresh, check, vms, host, settled }) {
      const seen: string[] = [];
      for (const vpmemDevices of [-1, 129, 1.5]) {
        const [result] = await settled([vms.create(await fresh.linux({ vpmemDevices }))]);
        seen.push(told(result ?? {}));
      }
      const invalid = "invalid-argument";
      check.equal("bounds", "-1, 129 and 1.5 devices", seen, [invalid, invalid, invalid]);
      const counts: unknown[] = [];
      for (const vpmemDevices of [0, 1, 128]) {
        const vm = await fresh.created(await fresh.linux({ vpmemDevices }));
        const devices = at(await host.document(vm.id), "VirtualMachine", "Devices");
        counts.push(at(devices, "VirtualPMem", "MaximumCount") ?? 0);
        await vm.close();
      }
      check.equal("counts", "devices in the document", counts, [0, 1, 128]);
    },
  },
  {
    id: "uvm.document.merge",
    title: "An additional document is merged by the rules of RFC 7396",
    why:
      "A shallow merge that drops all siblings, and null that means one thing for text and another for objects",
    needs: ["linux", "host.document"],
    checks: {
      deep: "uvm.document.merge",
      sibling: "uvm.document.merge",
      replaced: "uvm.document.merge",
      removed: "uvm.document.merge",
      list: "uvm.document.merge",
    },
    async run({ fresh, check, host }) {
      const addition = {
        VirtualMachine: {
          ComputeTopology: { Memory: { AllowOvercommit: false }, Processor: { Weight: 50 } },
          Devices: { HvSocket: null, Battery: {} },
          RegistryChanges: { AddValues: [{ Name: "a" }] },
        },
      };
      const additionalDocument = JSON.stringify(addition);
      const vm = await fresh.created(await fresh.linux({ additionalDocument, cpus: 1 }));
      const machine = at(await host.document(vm.id), "VirtualMachine");
      const topology = at(machine, "ComputeTopology");
      check.equal("deep", vmSubject(vm), at(topology, "Processor", "Weight"), 50);
      const kept = [at(topology, "Processor", "Count"), at(topology, "Memory", "SizeInMB")];
      check.equal("sibling", vmSubject(vm), kept, [1, 1024]);
      const replaced = at(topology, "Memory", "AllowOvercommit");
      check.equal("replaced", vmSubject(vm), replaced, false);
      const devices = Object.keys(at(machine, "Devices") ?? {});
      const right = !devices.includes("HvSocket") && devices.includes("Battery");
      check.holds("removed", vmSubject(vm), right, "Battery and no HvSocket", devices);
      const values = at(machine, "RegistryChanges", "AddValues");
      check.equal("list", vmSubject(vm), values, [{ Name: "a" }]);
    },
  },
  {
    id: "uvm.document.invalid",
    title: "An additional document that is no object is refused before the host is asked",
    why: "hcsshim panics at null, and hands other mistakes to the service",
    needs: ["faults"],
    checks: {
      refused: "uvm.document.invalid",
      asked: "uvm.document.invalid",
      empty: "uvm.document.invalid",
    },
    async run(context) {
      const { fresh, check, vms, settled } = context;
      const options = await fresh.options();
      const wrong = ["{", "null", "[]", '"text"', "1", "true", "{} {}"];
      let calls = 0;
      const seen: string[] = [];
      for (const additionalDocument of wrong) {
        calls += await asked(context, async () => {
          const [result] = await settled([vms.create({ ...options, additionalDocument })]);
          seen.push(told(result ?? {}));
        });
      }
      check.equal("refused", wrong.join(" "), seen, wrong.map(() => "invalid-argument"));
      check.equal("asked", "calls of the host", calls, 0);
      const empty = { ...options, additionalDocument: "" };
      await check.succeeds("empty", "an empty text", () => fresh.created(empty));
    },
  },
  {
    id: "uvm.document.booked",
    title: "A disk that an additional document brings has its location to itself",
    why: "hcsshim's merge is invisible to what gives locations away",
    needs: ["linux", "host.plantDisk"],
    checks: {
      added: "uvm.document.booked",
      disk: "uvm.document.booked",
      again: "uvm.document.booked",
      reserved: "uvm.scsi.reserved",
    },
    async run({ fresh, check }) {
      const Path = await fresh.disk();
      const Attachments = { "0": { Path, Type: "VirtualDisk" } };
      const addition = { VirtualMachine: { Devices: { Scsi: { "0": { Attachments } } } } };
      const additionalDocument = JSON.stringify(addition);
      const options = await fresh.linux({ additionalDocument });
      const vm = await fresh.running(options);
      const hostPath = await fresh.disk();
      const { location } = await check.succeeds("added", hostPath, () => vm.scsi.add({ hostPath }));
      check.holds("disk", vmSubject(vm), areNumbered([location], [1]), "the second", location);
      const subject = `attachment:${Path}` as const;
      const attached = { code: "already-exists", subject, reason: "already-attached" } as const;
      await check.refused("again", () => vm.scsi.add({ hostPath: Path }), attached);
      const reserved = { code: "failed-precondition", subject, reason: "reserved" } as const;
      await check.refused("reserved", () => vm.scsi.remove(Path), reserved);
    },
  },
  {
    id: "uvm.document.too-many",
    title: "Disks that there is no location for are refused before anything is made",
    why: "hcsshim's error for this left a booking behind at a controller that does not exist",
    needs: ["linux", "host.plantDisk"],
    checks: { lun: "uvm.document.too-many", controller: "uvm.document.too-many" },
    async run({ fresh, check, vms }) {
      const Path = await fresh.disk();
      const disk = { Path, Type: "VirtualDisk" };
      const withScsi = async (Scsi: unknown) => {
        const additionalDocument = JSON.stringify({ VirtualMachine: { Devices: { Scsi } } });
        return await fresh.linux({ additionalDocument });
      };
      const reason = "too-many-attachments";
      const lun = await withScsi({ "0": { Attachments: { "64": disk } } });
      const subject = `uvm:${lun.id}` as const;
      await check.refused("lun", () => vms.create(lun), { code: "out-of-range", subject, reason });
      const other = await withScsi({ "4": { Attachments: { "0": disk } } });
      await check.refused("controller", () => vms.create(other), {
        code: "out-of-range",
        subject: `uvm:${other.id}`,
        reason,
      });
    },
  },
  {
    id: "uvm.document.refused",
    title: "What the host says about a document is kept",
    why: "An error text in the language of the host, without the number that it had",
    needs: ["host.refuse"],
    checks: { code: "uvm.document.refused", raw: "uvm.error.raw", left: "uvm.document.refused" },
    async run({ fresh, check, vms, host, settled }) {
      const options = await fresh.options();
      await host.refuse(options.id ?? "", "create", { code: "0x8037010D" });
      const [result] = await settled([vms.create(options)]);
      const subject = `uvm:${options.id}`;
      check.equal("code", subject, told(result ?? {}).split(" ")[0], "invalid-argument");
      const backend = at(result?.error, "backend");
      check.equal("raw", subject, at(backend, "code"), "0x8037010D");
      check.equal("left", "the list", await vms.list(), []);
    },
  },
];
