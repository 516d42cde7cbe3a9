/**
 * Cases about errors, raw changes and what is held.
 *
 * @module
 */

import { isDriverError, type ModifyRequest } from "../../../drivers/contract/mod.ts";
import type { Case } from "../../case.ts";
import { added, asked, attachment, LONG, told, vmSubject } from "./words.ts";

/** The service's codes, and what each one means here. */
const CODES: readonly (readonly [code: string, meaning: string])[] = [
  ["0x80370110", "failed-precondition"],
  ["0xC0370110", "failed-precondition"],
  ["0x8037010D", "invalid-argument"],
  ["0xC037010D", "invalid-argument"],
  ["0x8007000D", "invalid-argument"],
  ["0x80370117", "aborted"],
  ["0x80370118", "deadline-exceeded"],
  ["0x8037011B", "permission-denied"],
  ["0x80070005", "permission-denied"],
  ["0x80070020", "aborted"],
  ["0x8007000E", "resource-exhausted"],
  ["0x80004001", "unimplemented"],
  ["0x80070490", "not-found"],
  ["0x8037011E", "unavailable"],
  ["0x80004005", "internal"],
  ["0x80FF1234", "internal"],
];

/** The cases. */
export const UVM_ERROR_CASES: readonly Case<"utility-vm">[] = [
  {
    id: "uvm.error.codes",
    title: "Each code of the service has one meaning, in both of its families",
    why: "hcsshim's 0x490 was both not found and already stopped, and only one family was known",
    needs: ["host.refuse"],
    checks: { meanings: "uvm.error.codes", raw: "uvm.error.raw" },
    async run({ fresh, check, host, settled }) {
      const vm = await fresh.running();
      const seen: (readonly [string, string])[] = [];
      const raw: string[] = [];
      for (const [code] of CODES) {
        await host.refuse(vm.id, "modify", { code });
        const [result] = await settled([vm.modify({ GuestRequest: { ResourceType: "Memory" } })]);
        seen.push([code, told(result ?? {}).split(" ")[0] ?? ""]);
        raw.push(isDriverError(result?.error) ? result.error.backend?.code ?? "" : "");
      }
      check.equal("meanings", vmSubject(vm), seen, CODES);
      // The bit that tells the families apart may be folded below.
      const folded = (code: string): string => code.replace("0xC", "0x8");
      check.equal("raw", vmSubject(vm), raw.map(folded), CODES.map(([code]) => folded(code)));
    },
  },
  {
    id: "uvm.modify",
    title: "A raw change is made on the host and in the guest, as it is asked for",
    why: "A change whose guest's part is lost on the way",
    needs: ["host.plantFolder", "host.devices", "host.guestDevices", "linux"],
    checks: { host: "uvm.modify", guest: "uvm.modify", gone: "uvm.modify" },
    async run({ fresh, check, host }) {
      const vm = await fresh.running(await fresh.linux());
      const [devices, guest] = [await host.devices(vm.id), await host.guestDevices(vm.id)];
      const Path = await fresh.folder();
      const share = { Name: "raw", AccessName: "raw", Port: 564 };
      const mount = { MountPath: "/mnt/raw", Port: 564, ShareName: "raw" };
      const request = (RequestType: "Add" | "Remove"): ModifyRequest => ({
        ResourcePath: "VirtualMachine/Devices/Plan9/Shares",
        RequestType,
        Settings: RequestType === "Add" ? { ...share, Path } : share,
        GuestRequest: { ResourceType: "MappedDirectory", RequestType, Settings: mount },
      });
      await vm.modify(request("Add"));
      const onHost = added(devices, await host.devices(vm.id));
      check.equal("host", vmSubject(vm), onHost, [`plan9:raw=${Path}`]);
      const inGuest = added(guest, await host.guestDevices(vm.id));
      check.equal("guest", vmSubject(vm), inGuest, ["share:/mnt/raw"]);
      await vm.modify(request("Remove"));
      const left = [
        ...added(devices, await host.devices(vm.id)),
        ...added(guest, await host.guestDevices(vm.id)),
      ];
      check.equal("gone", vmSubject(vm), left, []);
    },
  },
  {
    id: "uvm.modify.invalid",
    title: "A raw change that is no JSON object is refused, and the host is not asked",
    why: "A value that JSON has no word for, sent as something else",
    needs: ["faults"],
    checks: { refused: "uvm.modify.invalid", asked: "uvm.modify.invalid" },
    async run(context) {
      const { fresh, check, settled } = context;
      const vm = await fresh.running();
      const circle: Record<string, unknown> = {};
      circle.circle = circle;
      const wrong = [circle, { Settings: 1n }, [], "text", 1, null, undefined, () => {}];
      const seen: string[] = [];
      const calls = await asked(context, async () => {
        for (const request of wrong) {
          const call = vm.modify(request as ModifyRequest);
          seen.push(...(await settled([call])).map(told));
        }
      });
      check.equal("refused", vmSubject(vm), seen, wrong.map(() => "invalid-argument"));
      check.equal("asked", "calls of the host", calls, 0);
    },
  },
  {
    id: "uvm.modify.before-start",
    title: "Before the start and after the end a raw change is refused",
    why: "A request to a VM that is not there, and its number for an answer",
    checks: { before: "uvm.attach.running", after: "uvm.attach.running" },
    async run({ fresh, check }) {
      const vm = await fresh.created();
      const refusal = {
        code: "failed-precondition",
        subject: vmSubject(vm),
        reason: "not-running",
      } as const;
      await check.refused("before", () => vm.modify({}), refusal);
      await vm.start();
      await vm.terminate();
      await vm.wait(LONG);
      await check.refused("after", () => vm.modify({}), refusal);
    },
  },
  {
    id: "uvm.error.timeout",
    title: "A change that is never answered is told as late, and coming late does no harm",
    why: "A handle that is closed under an operation which the service has not ended",
    needs: ["host.hold", "host.release", "host.plantDisk"],
    checks: { late: "uvm.error.timeout", closed: "uvm.error.timeout" },
    async run({ fresh, check, host, settled }) {
      const vm = await fresh.running();
      await host.hold(vm.id);
      const [late] = await settled([vm.modify({ GuestRequest: { ResourceType: "Memory" } })]);
      check.equal("late", vmSubject(vm), told(late ?? {}).split(" ")[0], "deadline-exceeded");
      await host.release(vm.id);
      await check.succeeds("closed", vmSubject(vm), () => vm.close());
    },
  },
  {
    id: "uvm.create.access",
    title: "A VM is let in to a file that it has, and not any more to one that it had",
    why: "hcsshim ignored the flag that asks for it; a file that stays open to a VM that is gone",
    needs: ["host.plantDisk", "host.grants"],
    checks: {
      attached: "uvm.create.access",
      removed: "uvm.create.access",
      closed: "uvm.create.access",
    },
    async run({ fresh, check, host }) {
      const vm = await fresh.running();
      const [a = "", b = ""] = await fresh.disks(2);
      const before = await host.grants();
      const grants = async (): Promise<string[]> => added(before, await host.grants());
      await vm.scsi.add({ hostPath: a });
      await vm.scsi.add({ hostPath: b });
      const expected = [`${vm.id} ${a}`, `${vm.id} ${b}`];
      check.equal("attached", attachment(a), (await grants()).sort(), expected.sort());
      await vm.scsi.remove(a);
      check.equal("removed", attachment(a), await grants(), [`${vm.id} ${b}`]);
      await vm.close();
      check.equal("closed", attachment(b), await grants(), []);
    },
  },
];
