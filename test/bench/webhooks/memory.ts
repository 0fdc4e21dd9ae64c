import { makeTenant } from "#test/scenarios/stage.ts";
import type { Cleanup } from "../cleanup.ts";
import { makeStandalone } from "../deployments.ts";
import { eachOf } from "../generator/each-of.ts";
import { KeepAlive } from "../generator/keep-alive.ts";
import { tableOf } from "../report/table.ts";
import { readUsage } from "../usage.ts";
import { nobody } from "./nobody.ts";

export interface BacklogMemory {
  readonly endpoints: number;
  /** What the process holds, by how many deliveries wait. */
  readonly held: readonly {
    readonly waiting: number;
    readonly rssBytes: number;
    readonly inMemory: number;
  }[];
}

const endpointsEach = 50;
const parts = 4;
const requestsAtOnce = 32;
const roomsOfOne = 20;

/** What a standalone holds while ever more deliveries wait for as many endpoints that nobody listens at. */
export async function measureBacklogMemory(
  { endpoints, backlog }: { readonly endpoints: number; readonly backlog: number },
  cleanup: Cleanup,
  progress: (line: string) => void,
): Promise<BacklogMemory> {
  const env = { SENDSAR_WEBHOOK_ALLOW: "127.0.0.0/8" };
  const { deployment } = await makeStandalone(null, cleanup, { env });
  const url = await nobody();
  const tenants = await Promise.all(
    Array.from({ length: Math.ceil(endpoints / endpointsEach) }, async () => {
      const { apiKey } = await makeTenant(deployment);
      const http = new KeepAlive(deployment.url, apiKey);
      cleanup.add(async () => http.close());
      return http;
    }),
  );
  for (const http of tenants) {
    for (let n = 0; n < roomsOfOne; n++) {
      await http.json("PUT", `/v1/rooms/room-${n}`, null, { type: "group", members: [{ userId: "ada" }] });
    }
    for (let n = 0; n < endpointsEach; n++) {
      await http.json("POST", "/v1/webhooks/endpoints", null, { url, events: ["message.created"] });
    }
  }
  const [standalone] = deployment.processes;
  const read = async (waiting: number) => {
    const { rssBytes } = await readUsage(standalone as NonNullable<typeof standalone>);
    const metrics = await (await fetch(`${standalone?.adminUrl}/metrics`)).text();
    const admitted = /sendsar_webhooks_in_memory\{.*state="admitted".*\} (\d+)/.exec(metrics)?.[1];
    progress(`${waiting} deliveries wait: ${Math.round(rssBytes / 1e6)} MB, ${admitted} of them in memory`);
    return { waiting, rssBytes, inMemory: Number(admitted) };
  };
  const held = [await read(0)];
  const messages = Math.ceil(backlog / endpointsEach);
  for (let part = 1; part <= parts; part++) {
    await eachOf(Array.from({ length: Math.ceil(messages / parts) }), requestsAtOnce, async (_, n) => {
      const http = tenants[n % tenants.length] as KeepAlive;
      const body = { clientId: `m-${part}-${n}`, body: "Driver is 2 min away" };
      await http.json("POST", `/v1/rooms/room-${n % roomsOfOne}/messages`, "ada", body);
    });
    held.push(await read(Math.round((backlog * part) / parts)));
  }
  return { endpoints, held };
}

export function backlogMemoryText({ endpoints, held }: BacklogMemory): string {
  const rows = held.map(({ waiting, rssBytes, inMemory }) => [
    String(waiting),
    String(inMemory),
    `${Math.round(rssBytes / 1e6)} MB`,
  ]);
  const table = tableOf([["deliveries that wait", "in memory", "the process"], ...rows]);
  return `\nstandalone: ${endpoints} endpoints that nobody listens at\n\n${table}\n`;
}
