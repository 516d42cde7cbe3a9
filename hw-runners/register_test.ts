import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../conformance/commands/usage.ts";
import {
  type Registration,
  RegistrationError,
  runnerEnvironment,
  scriptOf,
  singleJobConfig,
} from "./register.ts";

interface Asked {
  readonly path: string;
  readonly authorization: string | null;
  readonly body: unknown;
}

/** GitHub, as far as it is asked here. */
async function withGitHub(
  answer: { readonly status: number; readonly body: unknown },
  use: (registration: Registration, asked: Asked[]) => Promise<void>,
): Promise<void> {
  const asked: Asked[] = [];
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      asked.push({
        path: new URL(request.url).pathname,
        authorization: request.headers.get("authorization"),
        body: await request.json(),
      });
      return Response.json(answer.body, { status: answer.status });
    },
  );
  await use({
    api: new URL(`http://127.0.0.1:${server.addr.port}/api/v3`),
    repository: ["me", "a/b"],
    name: "r1",
    labels: ["libvirt"],
    token: "s3cret",
  }, asked);
}

Deno.test("a runner is registered for one job, with its labels", async () => {
  const body = { encoded_jit_config: "abc" };
  await withGitHub({ status: 201, body }, async (registration, asked) => {
    assertEquals(await singleJobConfig(registration), "abc");
    assertEquals(asked, [{
      path: "/api/v3/repos/me/a%2Fb/actions/runners/generate-jitconfig",
      authorization: "Bearer s3cret",
      body: { name: "r1", runner_group_id: 1, labels: ["self-hosted", "libvirt"] },
    }]);
  });
});

Deno.test("a refusal tells GitHub's words, and never the token", async () => {
  await withGitHub({ status: 403, body: { message: "No" } }, async (registration) => {
    const error = await assertRejects(() => singleJobConfig(registration), RegistrationError);
    assertEquals(error.message, "GitHub refuses the runner with status 403: No");
    assertEquals(Deno.inspect(error).includes("s3cret"), false);
  });
});

Deno.test("a folder without a runner is wrong use", async () => {
  await assertRejects(() => scriptOf("/nowhere"), UsageError, '"/nowhere" holds no runner');
});

Deno.test("the runner gets its configuration, and neither the token nor anything else", () => {
  const secrets = { GITHUB_TOKEN: "s3cret", AWS_SECRET_ACCESS_KEY: "x" };
  const env = { Path: "/bin", SystemRoot: "C:\\Windows", LOCALAPPDATA: "C:\\x" };
  assertEquals(runnerEnvironment({ ...env, ...secrets }, "abc"), {
    ...env,
    ACTIONS_RUNNER_INPUT_JITCONFIG: "abc",
  });
});
