import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A network between a client and the deployment, which can be cut and restored. */
export class NetworkSwitch {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async before(url: string): Promise<NetworkSwitch> {
    const { hostname, port } = new URL(url);
    const server = createServer((inner) => network.#join(inner, connect(Number(port), hostname)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const network = new NetworkSwitch(server);
    return network;
  }

  /** Every connection breaks, and no new one is made. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  restore(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(inner: Socket, outer: Socket): void {
    for (const [socket, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    if (this.#isCut) inner.destroy();
    else inner.pipe(outer).pipe(inner);
  }
}
