// Against a real daemon: VMTCK_LIVE=1 hw-runners/sandbox.sh deno test -A drivers/libvirt/tasks/
import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../backend/clock.ts";
import type { TaskHost } from "../../contract/mod.ts";
import { connectLive } from "../connect.ts";
import { libvirtTaskHost } from "./host.ts";

const CLI = new URL("../../../conformance/cli.ts", import.meta.url);
/** What is running when the suite is killed: machines, a network, a guest with rules. */
const CASES = ["task.net.ports", "task.start.concurrent", "task.stop.forced", "task.recover"];
const SETTINGS = ["--driver", "libvirt", "--set", "acceleration=none"];
const PROGRAMS = /^(?:qemu-system-|dnsmasq)/;
const FOLDERS = ["/run/libvirt/qemu", "/var/lib/libvirt/qemu", "/var/lib/libvirt/images"];

/** Everything that a task can leave: what libvirt and the firewall tell, processes, sockets, files. */
async function census(host: TaskHost): Promise<string[]> {
  const processes: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const command = await Deno.readTextFile(`/proc/${name}/comm`).catch(() => "");
    if (PROGRAMS.test(command)) processes.push(`process:${command.trim()}`);
  }
  const files = (await Promise.all(FOLDERS.map(below))).flat();
  return [...await host.inventory(), ...processes, ...files].sort();
}

async function below(folder: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = `${folder}/${name}`;
      // libvirt keeps its own folders once it has made them.
      if (isDirectory) found.push(...await below(path));
      else found.push(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}

async function suite(...args: string[]): Promise<string> {
  const all = ["run", "-A", "--no-check", "--no-prompt", CLI.href, ...args];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: all }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

Deno.test({
  name: "what a suite left that was killed half-way is reaped, to the last trace",
  // Processes and files can be counted only where nobody else has any.
  ignore: Deno.env.get("VMTCK_LIVE") !== "1" || !Deno.env.has("VMTCK_SANDBOX"),
  async fn() {
    const clock = systemClock();
    const ledgers = await Deno.makeTempDir();
    const settings = { acceleration: "none" };
    const { backend } = await connectLive({ settings, clock });
    try {
      const host = libvirtTaskHost(backend);
      // The first one has libvirt make the pool and its folders, which stay.
      await suite(...SETTINGS, "--live", "--ledger", ledgers, "task.start.running");
      const before = await census(host);
      const args = [...SETTINGS, "--live", "--ledger", ledgers, "--parallel", "3", ...CASES];
      const run = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--no-prompt", CLI.href, ...args],
        ...{ stdout: "null", stderr: "null" },
      }).spawn();
      const ended = run.status.then(() => true);
      let isOver = false;
      ended.then(() => isOver = true);
      while (!isOver && !(await host.inventory()).some((it) => it.startsWith("rule:"))) {
        await clock.sleep(50);
      }
      run.kill("SIGKILL");
      await ended;
      const left = (await census(host)).filter((it) => !before.includes(it));
      for (
        const kind of ["machine:", "disk:", "network:", "lease:", "rule:", "process:", "/run/"]
      ) {
        assert(left.some((it) => it.startsWith(kind)), `something of "${kind}" is left: ${left}`);
      }
      const told = await suite("reap", "--ledger", ledgers);
      assertEquals(await census(host), before, told);
    } finally {
      await backend[Symbol.asyncDispose]();
      await Deno.remove(ledgers, { recursive: true });
    }
  },
});
