import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What a process of the bench can be asked to do, one thing at a time or several. */
type Methods = Record<string, (params: never) => Promise<unknown>>;

interface Request {
  readonly id: number;
  readonly name: string;
  readonly params: unknown;
}
interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** Another process of the bench: it ends with us. */
export interface Child<M extends Methods> {
  readonly pid: number;
  call<K extends keyof M & string>(name: K, params: Parameters<M[K]>[0]): Promise<Awaited<ReturnType<M[K]>>>;
  stop(): Promise<void>;
}

export function startChild<M extends Methods>(
  program: string,
  options: { execArgv?: readonly string[] } = {},
): Child<M> {
  const execArgv = ["--disable-warning=TimeoutNegativeWarning", ...(options.execArgv ?? [])];
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), [], {
    execArgv,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  void exited.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`${program} ended`));
  });
  child.on("message", ({ id, result, error }: Answer) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new Error(`${program}: ${error}`));
  });
  let calls = 0;
  return {
    pid: child.pid ?? 0,
    call: async (name, params) => {
      const call = Promise.withResolvers<unknown>();
      calls += 1;
      waiting.set(calls, call);
      send(child, { id: calls, name, params });
      // The methods' types are those of the program that was started.
      return (await call.promise) as never;
    },
    stop: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

function send(child: ChildProcess, request: Request): void {
  child.send(request);
}

/** Called once by a program that `startChild` starts. It ends when its parent does, or lets go of it. */
export function serveParent(methods: Methods): void {
  process.on("message", ({ id, name, params }: Request) => {
    const method = methods[name];
    if (method === undefined) throw new Error(`nothing is called ${name}`);
    method(params as never).then(
      (result) => process.send?.({ id, result } satisfies Answer),
      (error: unknown) => process.send?.({ id, error: textOf(error) } satisfies Answer),
    );
  });
  process.once("disconnect", () => process.exit(0));
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
