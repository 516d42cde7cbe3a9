import { assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { type Callable, workflowProblems } from "./check.ts";

const ROOT = new URL("../../", import.meta.url);
const WORKFLOWS = new URL(".github/workflows/", ROOT);

const project: Callable = {
  tasks: Object.keys(config.tasks),
  exists(path) {
    try {
      return Deno.statSync(new URL(path, ROOT)) !== undefined;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  },
};

for (const { name } of Deno.readDirSync(WORKFLOWS)) {
  Deno.test(`the workflow ${name} calls what there is, and may do little`, async () => {
    const text = await Deno.readTextFile(new URL(name, WORKFLOWS));
    assertEquals(workflowProblems(text, project), []);
  });
}

const HASH = "08c6903cd8c0fde910a37f88322edcfb5dd907a8";

function workflow(step: string, { permissions = "contents: read", job = "" } = {}): string {
  return `permissions:
  ${permissions}
jobs:
  one:
    runs-on: [self-hosted, libvirt]
    timeout-minutes: 5
${job}    steps:
      - ${step}
`;
}

const wrong: readonly (readonly [what: string, text: string, problem: string])[] = [
  ["a task", workflow("run: deno task sing"), 'job "one": there is no task "sing"'],
  [
    "an option",
    workflow("run: deno task conformance --drver x"),
    'job "one": the task "conformance": Unknown option "--drver": did you mean "--driver"?',
  ],
  [
    "an option of another task",
    workflow("run: deno task exclusive deno task doctor --driver x --live"),
    'job "one": the task "doctor": Unknown option "--live": did you mean "--driver"?',
  ],
  [
    "an option of another sub-command",
    workflow("run: deno task conformance diff --live a b"),
    'job "one": the task "conformance": "--live" is for "run", "record", "list", and not for "diff"',
  ],
  [
    "a value that an option does not take",
    workflow("run: deno task conformance --driver memory --reporter prety"),
    'job "one": the task "conformance": Unknown reporter "prety": did you mean "pretty"?',
  ],
  [
    "a driver of its matrix",
    workflow(
      "run: deno task conformance --driver ${{ matrix.driver }} --shard ${{ matrix.part }}/2",
      {
        job:
          "    strategy:\n      matrix:\n        driver: [hyperv, hypervv]\n        part: [1, 2]\n",
      },
    ),
    'job "one": the task "conformance": there is no driver "hypervv"',
  ],
  [
    "a driver in an expression",
    workflow("run: deno task doctor --driver ${{ matrix.driver }}", {
      job: `    strategy:
      matrix:
        driver: \${{ fromJSON(inputs.one && format('["{0}"]', inputs.one) || '["hcs","hsc"]') }}
`,
    }),
    'job "one": the task "doctor": there is no driver "hsc"',
  ],
  [
    "a sub-command",
    workflow("run: deno task conformance sing"),
    'job "one": the suite has no sub-command "sing"',
  ],
  ["a path", workflow("run: bash .ci/sing"), 'job "one": there is no ".ci/sing"'],
  [
    "an action by its tag",
    workflow("uses: actions/checkout@v5 # v5"),
    'job "one": "actions/checkout@v5" is not pinned by a hash',
  ],
  [
    "a hash without its version",
    workflow(`uses: actions/checkout@${HASH}`),
    `"actions/checkout@${HASH}" does not say which version its hash is`,
  ],
  [
    "more rights than it needs",
    workflow("run: deno task ok", { permissions: "contents: write" }),
    'the workflow\'s own permissions have to be "contents: read" alone',
  ],
  [
    "a right to write on a machine of our own",
    workflow("run: deno task ok", { job: "    permissions:\n      contents: write\n" }),
    'job "one": a machine of our own must have no right to write',
  ],
  [
    "artifacts of one name",
    workflow(
      `uses: actions/upload-artifact@${HASH} # v4
        with:
          name: run-\${{ matrix.os }}`,
      {
        job: "    strategy:\n      matrix:\n        os: [a, b]\n        part: [1, 2]\n",
      },
    ),
    'job "one": the artifact "run-${{ matrix.os }}" has one name for every "part"',
  ],
  [
    "no identity to publish with",
    workflow("run: deno task publish"),
    'job "one": it publishes, which needs the right "id-token: write"',
  ],
];

for (const [what, text, problem] of wrong) {
  Deno.test(`a workflow with ${what} is told`, () => {
    assertEquals(workflowProblems(text, project), [problem]);
  });
}
