import { afterEach, expect, test, vi } from "vitest";
import { namedEngine, parseAddresses } from "./named-engine.ts";

const variable = "SENDSAR_KAFKA_BROKERS";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("a named engine is asked once and never stopped", async () => {
  vi.stubEnv(variable, "10.0.0.1:9092, 10.0.0.2:9092");
  const asked: (readonly string[])[] = [];
  const engine = await namedEngine(variable, async (addresses) => {
    asked.push(addresses);
    return true;
  });
  expect(engine?.addresses).toEqual(["10.0.0.1:9092", "10.0.0.2:9092"]);
  expect(engine?.containerId).toBeUndefined();
  expect(asked).toHaveLength(1);
  await engine?.stop();
});

test("without the variable, or with an empty one, no engine is named", async () => {
  const never = () => Promise.reject(new Error("must not be asked"));
  vi.stubEnv(variable, undefined);
  expect(await namedEngine(variable, never)).toBeUndefined();
  vi.stubEnv(variable, "  ");
  expect(await namedEngine(variable, never)).toBeUndefined();
});

test("an address without a port is refused with the variable's name", () => {
  expect(() => parseAddresses("localhost", variable)).toThrow(`${variable} must be host:port`);
});
