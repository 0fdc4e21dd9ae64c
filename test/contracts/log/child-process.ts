import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";

interface Child {
  /** Waits for the nth line that matches; its first group. */
  line(pattern: RegExp, nth?: number): Promise<string>;
  /** The first groups of all lines so far that match. */
  lines(pattern: RegExp): string[];
  /** SIGSTOP and SIGCONT: it does not notice. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void;
  /** SIGKILL: it cannot do anything about it. */
  kill(): Promise<void>;
}

/** Runs a script in a process of its own, which finds `input` in its first argument. */
export function startChild(script: URL, input: object): Child {
  const path = fileURLToPath(script);
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", path, JSON.stringify(input)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const lines = (pattern: RegExp) =>
    // What follows the last line feed may be the half of a line.
    output
      .split("\n")
      .slice(0, -1)
      .flatMap((line) => pattern.exec(line)?.[1] ?? []);
  return {
    lines,
    line: (pattern, nth = 1) =>
      vi.waitFor(
        () => {
          const found = lines(pattern)[nth - 1];
          if (found === undefined) throw new Error(`${path} said: ${output.slice(-500)}`);
          return found;
        },
        { timeout: 40_000, interval: 10 },
      ),
    signal: (signal) => void child.kill(signal),
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, "close");
      child.kill("SIGKILL");
      await closed;
    },
  };
}
