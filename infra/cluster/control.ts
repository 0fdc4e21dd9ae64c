import { randomBytes, timingSafeEqual } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { writeReadyFile } from "#shared/service/ready-file.ts";
import { type ServiceName, serviceNames } from "./node.ts";
import { type Nodes, NotPossible } from "./nodes.ts";

/** Where a running cluster takes commands, and the key that it asks for: in a file that only its owner can read. */
interface ControlFile {
  readonly url: string;
  readonly key: string;
}

export interface Control {
  /** Commands are taken from here on. */
  serve(nodes: Nodes): void;
  close(): Promise<void>;
}

const keyHeader = "x-control-key";
const pathOf = (dataDir: string) => join(dataDir, "cluster-control.json");

/**
 * Listens for commands on loopback.
 *
 * @throws Error when the cluster of this data folder runs already.
 */
export async function openControl(dataDir: string): Promise<Control> {
  if ((await askCluster(dataDir, "GET", "/nodes")) !== null)
    throw new Error(`A cluster runs already in ${dataDir}: set SENDSAR_DATA_DIR to another folder.`);
  const key = randomBytes(24).toString("base64url");
  let nodes: Nodes | null = null;
  const server = createServer((request, response) => {
    answer(request, key, nodes).then(
      (body) => reply(response, 200, body),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        reply(response, error instanceof NotPossible ? 409 : 500, { message });
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  await writeReadyFile(pathOf(dataDir), { url: `http://127.0.0.1:${port}`, key } satisfies ControlFile);
  return {
    serve: (all) => {
      nodes = all;
    },
    close: async () => {
      await rm(pathOf(dataDir), { force: true });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Asks the cluster that runs in this data folder.
 *
 * @returns null when none runs there.
 * @throws Error with its reason when it cannot do what is asked.
 */
export async function askCluster(
  dataDir: string,
  method: "GET" | "POST" | "DELETE",
  path: string,
): Promise<unknown> {
  const text = await readFile(pathOf(dataDir), "utf8").catch(() => null);
  if (text === null) return null;
  const { url, key } = JSON.parse(text) as ControlFile;
  // One that was killed has left its file, and its port to whoever took it.
  const response = await fetch(url + path, { method, headers: { [keyHeader]: key } }).catch(() => null);
  if (response === null || response.status === 403) return null;
  const body = (await response.json().catch(() => null)) as { message?: string } | null;
  if (body === null) return null;
  if (!response.ok) throw new Error(body.message ?? `the cluster answered ${response.status}`);
  return body;
}

async function answer(request: IncomingMessage, key: string, nodes: Nodes | null): Promise<object | null> {
  if (!isKey(request.headers[keyHeader], key)) return null;
  const [, collection, name = ""] = decodeURIComponent(request.url ?? "").split("/");
  const what = `${request.method} /${collection}`;
  if (what === "GET /nodes") return nodes?.status() ?? [];
  if (nodes === null) throw new NotPossible("The cluster is not ready yet.");
  if (what === "POST /nodes") return { id: await nodes.add(serviceOf(name)) };
  if (what === "DELETE /nodes") {
    await nodes.drain(name);
    return {};
  }
  throw new NotPossible(`The cluster does not know ${what}.`);
}

function serviceOf(name: string): ServiceName {
  const service = serviceNames.find((known) => known === name);
  if (service !== undefined) return service;
  throw new NotPossible(`A node is one of ${serviceNames.join(", ")}, not ${name}.`);
}

function isKey(given: string | string[] | undefined, key: string): boolean {
  const bytes = Buffer.from(String(given));
  return bytes.length === key.length && timingSafeEqual(bytes, Buffer.from(key));
}

/** @param body null: the key is not ours, so somebody else listens where a cluster did, or asks who should not. */
function reply(response: ServerResponse, status: number, body: object | null): void {
  const text = JSON.stringify(body ?? { message: "forbidden" });
  response.writeHead(body === null ? 403 : status, { "content-type": "application/json" }).end(text);
}
