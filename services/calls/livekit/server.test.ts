import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { createCallsMetrics } from "../metrics.ts";
import { LiveKitServer } from "./server.ts";

test("a recording that goes on already is the one that was asked for", async () => {
  const asked: string[] = [];
  let items = [{ egress_id: "EG_1", room_name: "acme/c", status: "EGRESS_COMPLETE" }];
  const livekit = createServer((request, response) => {
    const method = request.url?.split("/").at(-1) ?? "";
    asked.push(method);
    const answer = method === "ListEgress" ? { items } : { egress_id: "EG_2", room_name: "acme/c" };
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => livekit.listen(0, "127.0.0.1", resolve));
  try {
    const url = `ws://127.0.0.1:${(livekit.address() as AddressInfo).port}`;
    const config = { url, apiKey: "key", apiSecret: "secret-secret-secret-secret-secret" };
    const server = new LiveKitServer(
      config,
      createCallsMetrics(new Registry(), () => 0),
    );
    expect(await server.record("acme/c", { isVideo: false })).toBe("EG_2");
    items = [...items, { egress_id: "EG_2", room_name: "acme/c", status: "EGRESS_ACTIVE" }];
    expect(await server.record("acme/c", { isVideo: false })).toBe("EG_2");
    expect(asked).toEqual(["ListEgress", "StartRoomCompositeEgress", "ListEgress"]);
  } finally {
    livekit.closeAllConnections();
    livekit.close();
  }
});
