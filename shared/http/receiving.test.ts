import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test, vi } from "vitest";
import { limits } from "#shared/limits.ts";
import { silentLogger } from "#shared/service/logger.ts";
import { createHttpServer } from "./server.ts";

test("a body that does not come is given up after the bound of every call, not after that of an upload", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const http = createHttpServer({
    logger: silentLogger,
    observer: { answered: () => {} },
    host: "127.0.0.1",
    port: 0,
  });
  const arrived = new Promise<void>((resolve) => {
    http.app.addHook("onRequest", async () => resolve());
  });
  http.app.post("/echo", async ({ body }) => body);
  await http.service.start();
  try {
    const socket = connect(Number(new URL(http.url()).port), "127.0.0.1");
    socket.write("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf");
    await arrived;
    vi.advanceTimersByTime(limits.requestReceiveMsMax - 1);
    expect(socket.destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"request_timeout"');
  } finally {
    vi.useRealTimers();
    await http.service.stop();
  }
});
