import { askCluster } from "./control.ts";
import type { NodeStatus } from "./nodes.ts";

/** What is asked of a cluster that runs, in the words of the command line. */
export type Command =
  | { readonly type: "status" }
  | { readonly type: "add"; readonly service: string }
  | { readonly type: "drain"; readonly id: string };

/** @throws Error where the words are no command. */
export function readCommand(words: readonly string[]): Command {
  const [verb, what, ...rest] = words;
  if (verb === "status" && what === undefined) return { type: "status" };
  if (verb === "add" && what !== undefined && rest.length === 0) return { type: "add", service: what };
  if (verb === "drain" && what !== undefined && rest.length === 0) return { type: "drain", id: what };
  throw new Error(`"${words.join(" ")}" is no command: status, add <service> or drain <node>`);
}

/**
 * @returns what to print.
 * @throws Error when no cluster runs in the data folder, or it cannot do it.
 */
export async function obey(command: Command, dataDir: string): Promise<string> {
  switch (command.type) {
    case "status":
      return statusText((await ask(dataDir, "GET", "")) as readonly NodeStatus[]);
    case "add": {
      const { id } = (await ask(dataDir, "POST", `/${encodeURIComponent(command.service)}`)) as {
        id: string;
      };
      return `${id} is up`;
    }
    case "drain":
      await ask(dataDir, "DELETE", `/${encodeURIComponent(command.id)}`);
      return `${command.id} is drained and gone`;
  }
}

async function ask(dataDir: string, method: "GET" | "POST" | "DELETE", path: string): Promise<unknown> {
  const answer = await askCluster(dataDir, method, `/nodes${path}`);
  if (answer === null)
    throw new Error(`No cluster runs in ${dataDir}: SENDSAR_DATA_DIR names the folder of another.`);
  return answer;
}

function statusText(nodes: readonly NodeStatus[]): string {
  const rows = nodes.map(({ id, state, restarts, pid, url }) => [
    id,
    state,
    pid === null ? "-" : `pid ${pid}`,
    `${restarts} restarts`,
    url ?? "",
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
