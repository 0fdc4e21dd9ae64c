import { connect, createServer, type Socket } from "node:net";

/** A cable to an engine that can be cut: what is in it stays there, unanswered, as when a network is gone. */
export interface Cable {
  /** host:port of this end. */
  readonly address: string;
  cut(): void;
  /** Every connection breaks, and new ones end at once, as when nobody is there. */
  unplug(): void;
  /** What comes back takes so much longer, in its order. */
  delay(ms: number): void;
  /** As it was at first: whole, plugged in and fast. */
  mend(): void;
  close(): Promise<void>;
}

export async function layCable(to: string): Promise<Cable> {
  const [host = "", port = ""] = to.split(":");
  const sockets = new Set<Socket>();
  let state: "whole" | "cut" | "unplugged" = "whole";
  let delayMs = 0;

  function pass(from: Socket, onto: Socket, delayed: boolean): void {
    sockets.add(from);
    from.setNoDelay(true);
    let lastMs = 0;
    from.on("data", (bytes) => {
      if (state !== "whole") return;
      const wait = delayed ? delayMs : 0;
      if (wait === 0 && lastMs === 0) return void onto.write(bytes);
      // Never before what came before it, should the delay get shorter.
      lastMs = Math.max(lastMs, performance.now() + wait);
      setTimeout(() => state === "whole" && onto.writable && onto.write(bytes), lastMs - performance.now());
    });
    from.on("error", () => undefined);
    from.on("close", () => {
      sockets.delete(from);
      onto.destroy();
    });
  }

  function breakAll(): void {
    for (const socket of sockets) socket.destroy();
  }

  const server = createServer((near) => {
    if (state === "unplugged") return void near.destroy();
    const far = connect(Number(port), host);
    pass(near, far, false);
    pass(far, near, true);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    address: `127.0.0.1:${address.port}`,
    cut() {
      state = "cut";
    },
    unplug() {
      state = "unplugged";
      breakAll();
    },
    delay(ms) {
      delayMs = ms;
    },
    /** What was lost is lost, so connections that missed something end. */
    mend() {
      if (state !== "whole") breakAll();
      state = "whole";
      delayMs = 0;
    },
    close() {
      breakAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
