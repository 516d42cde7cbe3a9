import { assertEquals, assertThrows } from "@std/assert";
import type { Json } from "../backend/backend.ts";
import { Trouble } from "../backend/driver_errors.ts";
import { createDocument, includes, inventoryOf, mergePatch } from "./documents.ts";
import { type HostFacts, planOf } from "./options.ts";

const HOST: HostFacts = { programFiles: "C:\\Program Files", processors: 8, memoryMiB: 16_384 };
const OLD = { Major: 2, Minor: 1 };
const NEW = { Major: 2, Minor: 5 };

const SOCKETS = {
  HvSocketConfig: { DefaultBindSecurityDescriptor: "D:P(A;;FA;;;SY)(A;;FA;;;BA)" },
};
const AGENT = "/bin/vsockexec -e 109 /bin/gcs -log-format json -loglevel info";

Deno.test("the document of a Windows guest", () => {
  const plan = planOf({ os: "windows", layerFolders: ["C:\\a", "C:\\b", "C:\\scratch\\"] }, HOST);
  const parts = { owner: "me", schema: NEW, utilityVmFolder: "C:\\b\\UtilityVM" };
  assertEquals(createDocument(plan, parts), {
    Owner: "me",
    SchemaVersion: { Major: 2, Minor: 1 },
    ShouldTerminateOnLastHandleClosed: true,
    VirtualMachine: {
      StopOnReset: true,
      Chipset: {
        Uefi: {
          BootThis: {
            DevicePath: "\\EFI\\Microsoft\\Boot\\bootmgfw.efi",
            DeviceType: "VmbFs",
          },
        },
      },
      ComputeTopology: {
        Memory: { SizeInMB: 1024, AllowOvercommit: true },
        Processor: { Count: 2 },
      },
      GuestConnection: {},
      Devices: {
        HvSocket: SOCKETS,
        Scsi: {
          "0": { Attachments: { "0": { Path: "C:\\scratch\\sandbox.vhdx", Type: "VirtualDisk" } } },
        },
        VirtualSmb: {
          DirectFileMappingInMB: 1024,
          Shares: [{
            Name: "os",
            Path: "C:\\b\\UtilityVM\\Files",
            Options: {
              ReadOnly: true,
              PseudoOplocks: true,
              TakeBackupPrivilege: true,
              CacheIo: true,
              ShareRead: true,
            },
          }],
        },
      },
    },
  });
});

Deno.test("the document of a Linux guest on a host of 1809 starts by firmware", () => {
  const plan = planOf({ os: "linux" }, HOST);
  const bootFiles = "C:\\Program Files\\Linux Containers";
  assertEquals(createDocument(plan, { owner: "me", schema: OLD }), {
    Owner: "me",
    SchemaVersion: { Major: 2, Minor: 1 },
    ShouldTerminateOnLastHandleClosed: true,
    VirtualMachine: {
      StopOnReset: true,
      Chipset: {
        Uefi: {
          BootThis: {
            DeviceType: "VmbFs",
            DevicePath: "\\kernel",
            OptionalData: `initrd=/initrd.img panic=-1 -- ${AGENT}`,
          },
        },
      },
      ComputeTopology: {
        Memory: { SizeInMB: 1024, AllowOvercommit: true },
        Processor: { Count: 2 },
      },
      GuestConnection: { UseVsock: true, UseConnectedSuspend: true },
      Devices: {
        HvSocket: SOCKETS,
        Scsi: { "0": { Attachments: {} } },
        VirtualSmb: {
          Shares: [{
            Name: "os",
            Path: bootFiles,
            Options: { ReadOnly: true, TakeBackupPrivilege: true, CacheIo: true, ShareRead: true },
          }],
        },
        VirtualPMem: { MaximumCount: 64 },
      },
    },
  });
});

Deno.test("the document of a Linux guest on a newer host has the kernel itself", () => {
  const plan = planOf({
    os: "linux",
    bootFilesPath: "D:\\boot",
    kernelFile: "vmlinux",
    rootFile: "root.VHDX",
    kernelOptions: "quiet x=1",
    graphicsConsole: true,
    consolePipe: "\\\\.\\pipe\\vm",
    scsiControllers: 0,
    vpmemDevices: 2,
    memoryBytes: 1,
    cpus: 1,
  }, HOST);
  assertEquals(createDocument(plan, { owner: "me", schema: NEW }), {
    Owner: "me",
    SchemaVersion: { Major: 2, Minor: 2 },
    ShouldTerminateOnLastHandleClosed: true,
    VirtualMachine: {
      StopOnReset: true,
      Chipset: {
        LinuxKernelDirect: {
          KernelFilePath: "D:\\boot\\vmlinux",
          KernelCmdLine: "root=/dev/pmem0 init=/init console=ttyS0,115200 console=tty quiet x=1 " +
            `-- sh -c "${AGENT} & exec sh"`,
        },
      },
      ComputeTopology: {
        Memory: { SizeInMB: 2, AllowOvercommit: true },
        Processor: { Count: 1 },
      },
      GuestConnection: { UseVsock: true, UseConnectedSuspend: true },
      Devices: {
        ComPorts: { "0": { NamedPipe: "\\\\.\\pipe\\vm" } },
        Keyboard: {},
        EnhancedModeVideo: {},
        VideoMonitor: {},
        HvSocket: SOCKETS,
        VirtualPMem: {
          MaximumCount: 2,
          Devices: {
            "0": { HostPath: "D:\\boot\\root.VHDX", ReadOnly: true, ImageFormat: "Vhdx" },
          },
        },
      },
    },
  });
});

Deno.test("a RAM disk is named to a kernel that is started directly", () => {
  const plan = planOf({ os: "linux", bootFilesPath: "D:\\boot" }, HOST);
  const document = createDocument(plan, { owner: "me", schema: NEW });
  const { Chipset } = document.VirtualMachine as { Chipset: unknown };
  assertEquals(Chipset, {
    LinuxKernelDirect: {
      KernelFilePath: "D:\\boot\\kernel",
      InitRdPath: "D:\\boot\\initrd.img",
      KernelCmdLine: `panic=-1 -- ${AGENT}`,
    },
  });
});

const MERGES: readonly (readonly [what: string, base: Json, patch: Json, merged: Json])[] = [
  // The examples of RFC 7396, appendix A.
  ["a value replaces", { a: "b" }, { a: "c" }, { a: "c" }],
  ["a member is added", { a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  ["null removes", { a: "b" }, { a: null }, {}],
  ["null removes one of two", { a: "b", b: "c" }, { a: null }, { b: "c" }],
  ["a list is replaced by a value", { a: ["b"] }, { a: "c" }, { a: "c" }],
  ["a value is replaced by a list", { a: "c" }, { a: ["b"] }, { a: ["b"] }],
  ["objects merge", { a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  ["lists do not", { a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  ["null in the base stays", { e: null }, { a: 1 }, { e: null, a: 1 }],
  ["an object replaces a list", [1, 2], { a: "b", c: null }, { a: "b" }],
  ["deep null in a new member is dropped", {}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  [
    "names of the language are names",
    {},
    JSON.parse('{"__proto__":{"a":1}}'),
    JSON.parse('{"__proto__":{"a":1}}'),
  ],
];

for (const [what, base, patch, merged] of MERGES) {
  Deno.test(`merging: ${what}`, () => {
    const before = JSON.stringify([base, patch]);
    assertEquals(JSON.stringify(mergePatch(base, patch)), JSON.stringify(merged));
    assertEquals(JSON.stringify([base, patch]), before);
  });
}

Deno.test("a document's own devices are read off it", () => {
  const plan = planOf({ os: "linux", bootFilesPath: "D:\\boot", rootFileSystem: "vhd" }, HOST);
  assertEquals(inventoryOf(createDocument(plan, { owner: "me", schema: NEW })), {
    hasScsi: true,
    disks: [],
    vpmemDevices: 64,
    vpmem: [{ slot: 0, hostPath: "D:\\boot\\rootfs.vhd" }],
    vsmbNames: [],
    plan9Names: [],
  });
});

for (
  const Scsi of [{ "0": { Attachments: { "64": {} } } }, { "1": {} }, {
    "0": { Attachments: { x: {} } },
  }]
) {
  Deno.test(`there is no place for ${JSON.stringify(Scsi)}`, () => {
    const document = { VirtualMachine: { Devices: { Scsi } } };
    const error = assertThrows(() => inventoryOf(document), Trouble);
    assertEquals([error.code, error.reason], ["out-of-range", "too-many-attachments"]);
  });
}

Deno.test("a schema version includes the older ones of its major version", () => {
  assertEquals(includes(NEW, OLD), true);
  assertEquals(includes(OLD, NEW), false);
  assertEquals(includes({ Major: 3, Minor: 9 }, OLD), false);
});
