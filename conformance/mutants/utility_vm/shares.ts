/**
 * Mutants of folders shared with utility VMs.
 *
 * @module
 */

import {
  aboutPath,
  afterFailure,
  field,
  forgiving,
  keepingHalf,
  onPlan9,
  onVsmb,
  pathOf,
  requests,
  typeOf,
  uvmError,
  type UvmMutant,
  withField,
} from "./uvm_mutant.ts";

/** The mutants. */
export const UVM_SHARE_MUTANTS: readonly UvmMutant[] = [
  {
    id: "vsmb-first-remove-removes",
    breaks: "uvm.share.shared",
    why: "A table without a count",
    mutate: onVsmb((vsmb) => ({
      remove: async (hostPath, options) => {
        const known = vsmb.attached().find((it) => it.hostPath === hostPath);
        for (let count = known?.references ?? 1; count > 0; count--) {
          await vsmb.remove(hostPath, options);
        }
      },
    })),
  },
  {
    id: "plan9-adds-again",
    breaks: "uvm.share.shared",
    why: "D32: a count that begins with 0",
    mutate: onPlan9((plan9) => ({
      add: async (folder, options) => {
        const share = await plan9.add(folder, options);
        return { ...share, name: `${share.name}-${share.references}` };
      },
    })),
  },
  {
    id: "vsmb-remove-underflows",
    breaks: "uvm.share.remove-failed",
    why: "D12: hcsshim counts down first, and the second remove answers success for ever",
    mutate: onVsmb((vsmb) => {
      const failed = new Set<string>();
      return {
        remove: async (hostPath, options) => {
          if (failed.has(hostPath)) return;
          await afterFailure(() => vsmb.remove(hostPath, options), () => failed.add(hostPath));
        },
      };
    }),
  },
  {
    id: "plan9-failed-remove-is-final",
    breaks: "uvm.share.remove-failed",
    why: "H2, H4: a release that can be asked for once",
    mutate: onPlan9((plan9) => {
      const failed = new Set<string>();
      return {
        remove: async (hostPath, options) => {
          if (failed.has(hostPath)) {
            throw uvmError("not-found", aboutPath(hostPath), "not-attached");
          }
          await afterFailure(() => plan9.remove(hostPath, options), () => failed.add(hostPath));
        },
      };
    }),
  },
  {
    id: "vsmb-options-of-the-first",
    breaks: "uvm.share.conflict",
    why: "D13: a read-only share is answered to who wants to write",
    mutate: onVsmb((vsmb) => ({
      add: (folder, options) =>
        forgiving(
          "failed-precondition",
          () => vsmb.add(folder, options),
          () => vsmb.add({ ...folder, readOnly: !(folder.readOnly ?? true) }, options),
        ),
    })),
  },
  {
    id: "plan9-path-of-the-first",
    breaks: "uvm.share.conflict",
    why: "D14: hcsshim answers success for another guest path, and mounts nothing there",
    mutate: onPlan9((plan9) => ({
      add: (folder, options) =>
        forgiving("failed-precondition", () => plan9.add(folder, options), () => {
          const { hostPath, guestPath } = folder;
          return { hostPath, guestPath, name: "", readOnly: false, references: 2 };
        }),
    })),
  },
  {
    id: "plan9-read-only-is-the-guests",
    breaks: "uvm.share.read-only",
    why: "Section 1.9: hcsshim marks the mount, and not the share",
    below: requests((request) =>
      field(request, "Settings", "Flags") === undefined
        ? request
        : withField(request, ["Settings", "Flags"], undefined)
    ),
  },
  {
    id: "vsmb-names-are-used-again",
    breaks: "uvm.share.failed",
    why: "A name that is still there for the host, and is given to another folder",
    mutate: onVsmb((vsmb) => ({
      add: async (folder, options) => ({ ...await vsmb.add(folder, options), name: "s1" }),
    })),
  },
  {
    id: "vsmb-names-in-two-bases",
    breaks: "uvm.share.names",
    why: "Section 1.8: the tenth share is sa, and is looked for as s10",
    mutate: onVsmb((vsmb) => ({
      add: async (folder, options) => {
        const share = await vsmb.add(folder, options);
        const name = `s${parseInt(share.name.slice(1), 16)}`;
        return { ...share, name };
      },
    })),
  },
  {
    id: "vsmb-unknown-remove-takes-the-last",
    breaks: "uvm.attach.unknown",
    why: "H3: a loop that finds nothing, and goes on with the last thing it saw",
    mutate: onVsmb((vsmb) => ({
      remove: (hostPath, options) =>
        forgiving("not-found", () => vsmb.remove(hostPath, options), async () => {
          const last = vsmb.attached().at(-1);
          if (last) await vsmb.remove(last.hostPath, options);
        }),
    })),
  },
  {
    id: "vsmb-path-of-the-last",
    breaks: "uvm.vsmb.path",
    why: "A path that is put together from what the counter says now",
    mutate: onVsmb((vsmb) => {
      let adds = 0;
      return {
        add: async (folder, options) => {
          adds++;
          return await vsmb.add(folder, options);
        },
        guestPath: (hostPath) => vsmb.guestPath(hostPath).replace(/s[0-9a-f]+$/, `s${adds}`),
      };
    }),
  },
  {
    id: "vsmb-request-is-kept",
    breaks: "uvm.vsmb.request",
    why: "Section 1.8: hcsshim keeps the request to the guest, and never sends it",
    mutate: onVsmb((vsmb) => ({
      add: ({ guestRequest: _, ...folder }, options) => vsmb.add(folder, options),
    })),
  },
  {
    id: "plan9-is-not-mounted",
    breaks: "uvm.plan9.mount",
    why: "A share that the guest never hears of",
    below: requests((request) =>
      typeOf(request) === "MappedDirectory" && pathOf(request) === "" ? undefined : request
    ),
  },
  {
    id: "plan9-half-shared-stays",
    breaks: "uvm.plan9.guest-failed",
    why: "The host's part is not taken back when the guest's fails",
    below: keepingHalf((request) => /Plan9/.test(pathOf(request))),
  },
];
