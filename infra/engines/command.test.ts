import { expect, test } from "vitest";
import { runCommand } from "./command.ts";

test("a command's stdout comes back", async () => {
  expect(await runCommand("sh", ["-c", "echo out; echo err >&2"], { deadlineMs: 5_000 })).toBe("out\n");
});

test("a failed command's error carries what it said", async () => {
  const run = runCommand("sh", ["-c", "echo reason >&2; exit 3"], { deadlineMs: 5_000 });
  await expect(run).rejects.toThrow(/exit code 3\.\nreason$/);
});

test("a command that does not end is stopped at its deadline", async () => {
  await expect(runCommand("sleep", ["30"], { deadlineMs: 100 })).rejects.toThrow("did not end within 0.1 s.");
});

test("a command that stays silent is stopped early, one that speaks is not", async () => {
  const options = { deadlineMs: 20_000, firstOutputMs: 300 };
  await expect(runCommand("sleep", ["30"], options)).rejects.toThrow("printed nothing for 0.3 s.");
  expect(await runCommand("sh", ["-c", "echo here; sleep 0.6"], options)).toBe("here\n");
});

test("a program that is not there is named", async () => {
  await expect(runCommand("no-such-program", [], { deadlineMs: 1_000 })).rejects.toThrow(
    "`no-such-program` could not be started: is it installed?",
  );
});
