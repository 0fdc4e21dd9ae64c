import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createLogger } from "./logger.ts";

function logged(write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  let text = "";
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  write(createLogger({ service: "ingest", nodeId: "n-1", level: "debug", destination }));
  return JSON.parse(text);
}

test("a line is JSON with the service, the node, the level by name and the time", () => {
  const line = logged((logger) => logger.info({ partition: 3 }, "hello"));
  expect(line).toMatchObject({ service: "ingest", nodeId: "n-1", level: "info", partition: 3, msg: "hello" });
  expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});

test.each(["authorization", "x-api-key", "x-admin-key", "x-internal-key", "token", "secret", "apiKey"])(
  "%s is never in a log",
  (field) => {
    const secret = { [field]: "hunter2" };
    const line = logged((logger) => logger.info({ ...secret, body: secret, req: { headers: secret } }, "x"));
    expect(JSON.stringify(line)).not.toContain("hunter2");
    expect(JSON.stringify(line)).toContain("[redacted]");
  },
);
