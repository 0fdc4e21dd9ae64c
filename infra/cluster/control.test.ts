import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { obey, readCommand } from "./commands.ts";
import { askCluster, type Control, openControl } from "./control.ts";
import { type Nodes, NotPossible } from "./nodes.ts";

let dataDir: string;
let control: Control;
const asked: string[] = [];
const nodes = {
  status: () => [
    {
      id: "gateway-1",
      service: "gateway",
      state: "up",
      restarts: 2,
      pid: 7,
      url: "http://g",
      adminUrl: "http://a",
    },
  ],
  add: async (service: string) => {
    asked.push(`add ${service}`);
    return "gateway-2";
  },
  drain: async (id: string) => {
    if (id !== "gateway-2")
      throw new NotPossible("gateway-1 is the last gateway node that is up: add one first.");
    asked.push(`drain ${id}`);
  },
} as unknown as Nodes;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "control-"));
  control = await openControl(dataDir);
  asked.length = 0;
});
afterEach(async () => {
  await control.close();
  await rm(dataDir, { recursive: true, force: true });
});

test("a running cluster does what it is told, and says how it stands", async () => {
  control.serve(nodes);
  expect(await obey(readCommand(["add", "gateway"]), dataDir)).toBe("gateway-2 is up");
  expect(await obey(readCommand(["drain", "gateway-2"]), dataDir)).toBe("gateway-2 is drained and gone");
  expect(asked).toEqual(["add gateway", "drain gateway-2"]);
  expect(await obey(readCommand(["status"]), dataDir)).toBe("gateway-1  up  pid 7  2 restarts  http://g");
});

test("what it cannot do is said as it is", async () => {
  const drain = (id: string) => obey(readCommand(["drain", id]), dataDir);
  await expect(drain("gateway-1")).rejects.toThrow("The cluster is not ready yet.");
  control.serve(nodes);
  await expect(drain("gateway-1")).rejects.toThrow("gateway-1 is the last gateway node that is up");
  await expect(obey(readCommand(["add", "teapot"]), dataDir)).rejects.toThrow("not teapot");
});

test.each([[["stop"]], [["add"]], [["drain", "a", "b"]], [["status", "all"]]])(
  "%j is no command",
  (words) => {
    expect(() => readCommand(words)).toThrow("is no command");
  },
);

test("commands are taken only with the key, which only the owner of the folder can read", async () => {
  control.serve(nodes);
  const path = join(dataDir, "cluster-control.json");
  expect((await stat(path)).mode & 0o077).toBe(0);
  const { url } = JSON.parse(await readFile(path, "utf8")) as { url: string };
  for (const headers of [undefined, { "x-control-key": "guessed" }]) {
    const answer = await fetch(`${url}/nodes/gateway`, { method: "POST", ...(headers && { headers }) });
    expect(answer.status).toBe(403);
  }
  expect(asked).toEqual([]);
});

test("a second cluster in the same folder is refused while the first runs, and not after it", async () => {
  await expect(openControl(dataDir)).rejects.toThrow("A cluster runs already");
  await control.close();
  expect(await askCluster(dataDir, "GET", "/nodes")).toBeNull();
  await expect(obey({ type: "status" }, dataDir)).rejects.toThrow("No cluster runs");
  control = await openControl(dataDir);
});
