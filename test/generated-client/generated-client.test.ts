import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runCommand } from "#infra/engines/command.ts";
import { python } from "#test/python/environment.ts";
import { shareDeployment } from "#test/scenarios/stage.ts";

const stage = shareDeployment("standalone");
const story = fileURLToPath(new URL("story.py", import.meta.url));

test("a client that a generator makes of the served OpenAPI document does what a customer's server does", async () => {
  const [program, folder, tenant] = await Promise.all([
    python(),
    mkdtemp(join(tmpdir(), "sendsar-generated-")),
    stage.tenant(),
  ]);
  try {
    const generate = ["-m", "openapi_python_client", "generate", "--meta", "none", "--overwrite"];
    const where = ["--url", `${tenant.url}/openapi.json`, "--output-path", join(folder, "generated")];
    const said = await runCommand(program, [...generate, ...where], { deadlineMs: 120_000 });
    // What a generator cannot make anything of it leaves out, with a warning.
    expect(said).not.toMatch(/unable to|unsupported|cannot parse|endpoint.*skipp/i);
    await copyFile(story, join(folder, "story.py"));
    await runCommand(program, [join(folder, "story.py"), tenant.url, tenant.apiKey], { deadlineMs: 60_000 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 400_000);
