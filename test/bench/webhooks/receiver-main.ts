import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serveParent } from "../child.ts";
import { Histogram } from "../histogram.ts";

/** A customer's server that takes everything, and remembers how old events were when they came. */
let ages = new Histogram();
/** Which events came, by path: each once, unless a node ended in between. */
const seen = new Set<string>();
let repeated = 0;
let [firstMs, lastMs] = [0, 0];

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const nowMs = Date.now();
    const { at } = JSON.parse(Buffer.concat(parts).toString()) as { at: string };
    const id = request.headers["webhook-id"];
    const key = `${request.url} ${id}`;
    if (id !== undefined && seen.has(key)) repeated += 1;
    else if ((request.headers["webhook-attempt"] ?? "1") === "1") ages.recordMs(nowMs - Date.parse(at));
    seen.add(key);
    if (firstMs === 0) firstMs = nowMs;
    lastMs = nowMs;
    response.writeHead(204).end();
  });
});

const methods = {
  listen: (_: null) =>
    new Promise<string>((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      });
    }),
  /** What came since it was last forgotten; `repeated` of all. */
  got: async (_: null) => ({ first: ages.total, repeated, ages: ages.toData(), firstMs, lastMs }),
  forget: async (_: null) => {
    ages = new Histogram();
    firstMs = 0;
  },
};

export type ReceiverMethods = typeof methods;

serveParent(methods);
