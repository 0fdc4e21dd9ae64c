import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the ports that systems hand out to outgoing connections (32768 and up on Linux): a
 * container that is stopped for a while must find its port free when it comes back.
 */
const portMin = 20_000;
const portMax = 29_999;
const attemptsMax = 50;

/** A port nobody listens on now. Another process may still take it first: who binds it must retry. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const port = portMin + Math.floor(Math.random() * (portMax - portMin + 1));
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port found between ${portMin} and ${portMax}: see what listens there.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "0.0.0.0");
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
