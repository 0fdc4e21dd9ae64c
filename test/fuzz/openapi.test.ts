import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "#infra/engines/command.ts";
import type { RunningDeployment } from "#test/deployments/deployment.ts";
import { python } from "#test/python/environment.ts";
import { launch, makePlace, type Place, removePlace } from "#test/scenarios/place.ts";

/**
 * What no answer may do, whatever was asked. Which requests of the right form are refused is not their business: a
 * cursor of another list, or a key that does not say for whom it acts, is a documented 400.
 */
const checks = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
  "unsupported_method",
];

let place: Place;
let deployment: RunningDeployment;
let program: string;
let folder: string;
beforeAll(async () => {
  [place, program, folder] = await Promise.all([
    makePlace("standalone"),
    python(),
    mkdtemp(join(tmpdir(), "sendsar-fuzz-")),
  ]);
  deployment = await launch("standalone", place);
}, 400_000);
afterAll(async () => {
  await deployment?.stop();
  await removePlace(place);
  await rm(folder, { recursive: true, force: true });
});

/** Calls that end what all the others are tried on. */
const endings = ["deleteRoom", "deleteUser", "removeMember", "deleteMessage"];

/** Ids that are there, so that calls get further than "no such room". */
async function makeThings(): Promise<Record<string, string>> {
  const { url, apiKey, tenantId } = deployment;
  const call = async (method: string, path: string, body: object, userId?: string) => {
    const headers = { "x-api-key": apiKey, ...(userId === undefined ? {} : { "x-user-id": userId }) };
    const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return (await response.json()) as { id: string };
  };
  const members = [{ userId: "user_42", role: "owner" }, { userId: "user_7" }];
  await call("PUT", "/v1/rooms/fuzzed", { type: "group", members });
  const message = await call("POST", "/v1/rooms/fuzzed/messages", { body: "Hello" }, "user_42");
  return { tenantId, roomId: "fuzzed", userId: "user_42", messageId: message.id };
}

/** @returns what it printed, when every answer kept to the document. */
async function fuzz(name: string, config: string, more: readonly string[]): Promise<string> {
  const path = join(folder, `${name}.toml`);
  const { url, apiKey, adminKey } = deployment;
  const keys = { apiKey, adminKey, actingUser: "user_42" };
  const auth = Object.entries(keys).map(([scheme, key]) => `[auth.openapi.${scheme}]\napi_key = "${key}"\n`);
  await writeFile(path, `${config}\n${auth.join("")}`);
  const args = [
    "-m",
    "schemathesis.cli",
    "--config-file",
    path,
    "run",
    `${url}/openapi.json`,
    "--no-color",
    "--checks",
    checks.join(","),
  ];
  const effort = ["--max-examples", "10", "--generation-deterministic", "--no-shrink"];
  const rest = ["--warnings", "off", "--continue-on-failure", ...more];
  return runCommand(program, [...args, ...effort, ...rest], {
    deadlineMs: 280_000,
    tailLines: 200,
    // It keeps what it found beside itself.
    cwd: folder,
  });
}

test("no request makes an answer that the served OpenAPI document does not describe", async () => {
  const said = await fuzz("anything", "", ["--phases", "examples,coverage,fuzzing"]);
  expect(said).toMatch(/Tested: \d\d/);
}, 300_000);

test("nor does one about things that are there", async () => {
  const things = Object.entries(await makeThings());
  const config = `[parameters]\n${things.map(([name, id]) => `"path.${name}" = "${id}"\n`).join("")}`;
  const but = endings.flatMap((id) => ["--exclude-operation-id", id]);
  expect(await fuzz("things", config, ["--phases", "fuzzing", ...but])).toMatch(/Tested: \d\d/);
}, 300_000);
