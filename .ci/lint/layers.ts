/**
 * Which folder may import what. The rule `vmtck/layers` holds every import of the project to this
 * table; the reasons are in CONTRIBUTING.md.
 *
 * @module
 */

/** One row: a folder, or a file whose path is given in full. The longest path that fits decides. */
export interface Layer {
  /** Path from the project's root. */
  readonly path: string;
  /** Other folders and files that it may import. Its own folder goes without saying. */
  readonly imports: readonly string[];
  /** Folders of which it may import types alone. */
  readonly types?: readonly string[];
  /** Packages and `node:` modules that it may import. */
  readonly packages: readonly string[];
}

const adapters = ["memory", "hyperv", "hcs", "libvirt", "kubevirt"]
  .map((name) => `drivers/${name}`);
const belowTasks = ["drivers/contract", "drivers/backend", "drivers/images"];
const belowAdapters = [...belowTasks, "drivers/tasks"];
const everything = ["mod.ts", "drivers", "conformance", "hw-runners"];
const std = ["@std/cli", "@std/streams"];

/** The table. */
export const layers: readonly Layer[] = [
  { path: "mod.ts", imports: ["drivers/contract"], packages: [] },

  { path: "drivers/contract", imports: [], packages: [] },
  { path: "drivers/backend", imports: ["drivers/contract"], packages: ["node:"] },
  {
    path: "drivers/images",
    imports: ["drivers/contract", "drivers/backend"],
    packages: ["node:"],
  },
  { path: "drivers/tasks", imports: belowTasks, packages: ["node:"] },
  ...adapters.map((path) => ({
    path,
    imports: belowAdapters,
    packages: ["node:", "@xmldom/xmldom"],
  })),
  // Their tests hold what is made to KubeVirt's own types.
  ...["virtual_machine.ts", "machine_objects.ts"].map((file) => ({
    path: `drivers/kubevirt/${file}`,
    imports: [...belowAdapters, "drivers/kubevirt"],
    packages: ["node:", "@kubevirt-ui-ext/kubevirt-api"],
  })),
  // Kubeconfigs are YAML.
  { path: "drivers/kubevirt/kubeconfig.ts", imports: belowAdapters, packages: ["yaml"] },
  // A driver on the other end of a plugin's socket.
  {
    path: "drivers/nomad",
    imports: belowAdapters,
    packages: ["node:", "@grpc/grpc-js", "@msgpack/msgpack", "protobufjs"],
  },
  {
    path: "drivers/registry.ts",
    imports: ["drivers/contract", ...adapters],
    types: ["drivers/backend"],
    packages: [],
  },

  { path: "conformance", imports: ["drivers/contract"], packages: ["node:"] },
  { path: "conformance/cases", imports: ["drivers/contract", "conformance"], packages: [] },
  {
    path: "conformance/mutants",
    imports: ["drivers/contract", "drivers/backend", ...adapters, "conformance"],
    packages: [],
  },
  {
    path: "conformance/mutants/cli.ts",
    imports: everything,
    packages: ["node:", ...std],
  },
  {
    path: "conformance/compose",
    imports: [...everything, "fixtures/simulators", "deno.json"],
    packages: ["node:"],
  },
  {
    path: "conformance/simulations",
    imports: [...everything, "fixtures/simulators"],
    packages: [],
  },
  // What an author begins with; it imports the package as an author does.
  { path: "conformance/init/template", imports: [], packages: ["@vmtck/vmtck"] },
  { path: "conformance/guides/toy", imports: [], packages: ["@vmtck/vmtck"] },
  { path: "conformance/nomad_plugin.ts", imports: ["drivers", "conformance"], packages: std },
  {
    path: "conformance/simulate.ts",
    imports: [...everything, "fixtures/simulators"],
    packages: std,
  },
  { path: "conformance/cli.ts", imports: everything, packages: ["node:", ...std] },

  { path: "fixtures", imports: [], packages: ["node:", "dax", ...std] },
  {
    path: "fixtures/simulators",
    imports: ["drivers/contract"],
    types: ["drivers/backend", ...adapters],
    packages: [],
  },
  {
    path: "fixtures/simulators/hcs",
    imports: ["drivers/contract", "drivers/backend"],
    types: ["drivers/hcs"],
    packages: [],
  },
  {
    path: "fixtures/simulators/kubevirt/behind_client.ts",
    imports: [
      "drivers/contract",
      "drivers/backend",
      "drivers/kubevirt",
      "fixtures/simulators/kubevirt",
    ],
    packages: [],
  },
  ...["https.ts", "certificates.ts"].map((file) => ({
    path: `fixtures/simulators/kubevirt/${file}`,
    imports: ["fixtures/simulators/kubevirt"],
    packages: ["node:", "@peculiar/x509"],
  })),
  // The tests of those names hold an adapter and a simulator to each other.
  {
    path: "fixtures/simulators/hcs/differential.ts",
    imports: ["drivers/contract", "drivers/backend", "drivers/hcs", "fixtures"],
    packages: [],
  },
  {
    path: "fixtures/simulators/hyperv/through_session.ts",
    imports: ["drivers/hyperv", "fixtures/simulators/hyperv"],
    packages: [],
  },

  { path: "hw-runners", imports: everything, packages: ["node:", "dax", ...std] },
  { path: "bench", imports: [...everything, "fixtures/simulators"], packages: ["node:", ...std] },
  { path: ".ci", imports: [], packages: ["node:", ...std] },
  {
    path: ".ci/workflows",
    imports: ["conformance", "hw-runners", "drivers/registry.ts", ".ci/publish.ts", "deno.json"],
    packages: ["yaml"],
  },
  {
    path: ".ci/powershell",
    imports: ["drivers/hyperv", "hw-runners"],
    packages: ["node:", "web-tree-sitter", "tree-sitter-powershell"],
  },
];

/**
 * What a `*_test.ts` may import on top of its folder's row. A test of an adapter still imports no
 * other adapter, only the memory driver; simulated hosts are there for tests.
 */
export const forTests: Omit<Layer, "path"> = {
  imports: [...belowAdapters, "drivers/memory", "fixtures/simulators", "fixtures/doubles"],
  packages: ["node:", "@std/assert", "@std/testing", "@std/streams"],
};

/** Whether a path is a folder's, or the file itself. */
export function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** The row that decides for a file, or none. A test belongs to the row of what it tests. */
export function layerOf(path: string): Layer | undefined {
  const tested = path.replace(/_test\.ts$/, ".ts");
  return layers
    .filter((layer) => isIn(tested, layer.path))
    .sort((a, b) => b.path.length - a.path.length)[0];
}
