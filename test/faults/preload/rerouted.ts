import { readFileSync } from "node:fs";
import { Socket } from "node:net";

/**
 * Lays a node's connections elsewhere, as the file TEST_ROUTES says when they are made:
 * {"gateway-3": {"9092": 40001}} sends what is meant for port 9092 to port 40001. All is on loopback.
 */
type Routes = Readonly<Record<string, Readonly<Record<string, number>>>>;

const { TEST_ROUTES: path = "", SENDSAR_NODE_ID: node = "" } = process.env;

function routesNow(): Readonly<Record<string, number>> {
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as Routes)[node] ?? {};
  } catch {
    // The test has not laid any yet.
    return {};
  }
}

const connect = Socket.prototype.connect;
Socket.prototype.connect = function reroute(this: Socket, ...args: unknown[]): Socket {
  // Every way of connecting comes to this with its options first, in an array or as they are. They stay as they are:
  // an agent finds its connections by them.
  const [first] = args;
  const options = (Array.isArray(first) ? first[0] : first) as { port?: number | string } | undefined;
  const port = routesNow()[String(options?.port)];
  if (port !== undefined && Array.isArray(first)) first[0] = { ...options, port };
  else if (port !== undefined) args[0] = { ...options, port };
  return Reflect.apply(connect, this, args) as Socket;
} as typeof connect;
