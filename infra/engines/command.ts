import { spawn } from "node:child_process";

export type CommandOptions = {
  deadlineMs: number;
  /** Stop when nothing at all was printed by then: how a registry that does not answer shows. */
  firstOutputMs?: number;
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** How much of a failed command's output goes into the error. */
  tailLines?: number;
};

/** What a command that ignores SIGTERM gets before SIGKILL. */
const killAfterMs = 5_000;

/** Daemons and bootstrap tools live in the sbin folders, which an unprivileged PATH may leave out. */
export const systemPath = `${process.env.PATH ?? ""}:/usr/local/sbin:/usr/sbin:/sbin`;

/** Runs a program without a shell and returns what it printed on stdout; anything but exit code 0 throws. */
export function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PATH: systemPath, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const shown = [program, ...args].join(" ");
  let stdout = "";
  let output = "";

  let settled = false;
  const finish = (settle: () => void) => {
    if (settled) return;
    settled = true;
    clearTimeout(deadline);
    clearTimeout(silence);
    settle();
  };
  const giveUp = (reason: string) => {
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), killAfterMs).unref();
    finish(() => reject(new Error(`\`${shown}\` ${reason}${tail(output, tailLines)}`)));
  };
  const { deadlineMs, firstOutputMs, tailLines = 25 } = options;
  const deadline = setTimeout(() => giveUp(`did not end within ${deadlineMs / 1000} s.`), deadlineMs);
  const silence =
    firstOutputMs === undefined
      ? undefined
      : setTimeout(() => giveUp(`printed nothing for ${firstOutputMs / 1000} s.`), firstOutputMs);

  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    clearTimeout(silence);
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    clearTimeout(silence);
    output += text;
  });
  child.on("error", (cause) => {
    finish(() => reject(new Error(`\`${program}\` could not be started: is it installed?`, { cause })));
  });
  child.on("close", (code, signal) => {
    finish(() => {
      if (code === 0) resolve(stdout);
      else
        reject(
          new Error(`\`${shown}\` ended with ${signal ?? `exit code ${code}`}.${tail(output, tailLines)}`),
        );
    });
  });
  return promise;
}

function tail(output: string, tailLines: number): string {
  const lines = output.trimEnd().split("\n").slice(-tailLines).join("\n");
  return lines === "" ? "" : `\n${lines}`;
}
