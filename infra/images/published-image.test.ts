import { expect, test } from "vitest";
import { registryAnswered } from "./published-image.ts";

test("a registry that only lacks this image is not given up for the others", () => {
  expect(registryAnswered("manifest for apache/kafka:0.0.1 not found: manifest unknown")).toBe(true);
  expect(registryAnswered("pull access denied for kafkka, repository does not exist")).toBe(true);
});

test("a registry that cannot be reached is given up", () => {
  expect(registryAnswered("dial tcp: lookup registry.example: no such host")).toBe(false);
  expect(registryAnswered("`docker pull x` printed nothing for 10 s.")).toBe(false);
});
