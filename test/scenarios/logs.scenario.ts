import { expect, test } from "vitest";
import { stackTrace } from "./documented-answer.ts";
import type { Stage } from "./stage.ts";

/** Played last: what all the others made the deployment write. */
export function logs(stage: Stage): void {
  test("no log line of all this holds a stack trace, a key or a token", () => {
    // The greeting shows the sandbox's key on purpose; it is no log line.
    const lines = stage
      .deployment()
      .output()
      .split("\n")
      .filter((line) => line.startsWith("{"));
    expect(lines.length).toBeGreaterThan(1);
    const { apiKey } = stage.deployment();
    const secrets = [...stage.secrets, apiKey].flatMap((secret) => [
      secret,
      secret.split(".").at(-1) ?? secret,
    ]);
    const leaks = lines.filter((line) => secrets.some((secret) => line.includes(secret)));
    expect(leaks.slice(0, 3)).toEqual([]);
    expect(lines.filter((line) => stackTrace.test(line)).slice(0, 3)).toEqual([]);
    expect(lines.filter((line) => /"level":"(error|fatal)"/.test(line)).slice(0, 3)).toEqual([]);
  });
}
