import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Static } from "typebox";
import type { ErrorBody } from "#shared/protocol/error-body.ts";
import type { operations } from "#shared/protocol/operations.ts";

export type DeadLetterPage = Static<(typeof operations.listDeadLetters.responses)[200]>;
export type DeadLetterContent = Static<(typeof operations.getDeadLetter.responses)[200]>;
export type DeadLetter = Static<(typeof operations.replayDeadLetter.responses)[200]>;

/** Reading all dead letters of a log may take this long, and a little more. */
const answerWaitMs = 30_000;

/** The operator's calls about dead letters, to a deployment that runs. */
export class Operator {
  readonly #url: string;
  readonly #keys: readonly string[];

  /** @param keys those that it may be; the first that is taken is used. */
  constructor(url: string, keys: readonly string[]) {
    this.#url = url;
    this.#keys = keys;
  }

  list(page: { limit: number; cursor?: string }): Promise<DeadLetterPage> {
    const { limit, cursor } = page;
    const query = new URLSearchParams({ limit: String(limit), ...(cursor === undefined ? {} : { cursor }) });
    return this.#call("GET", `?${query}`);
  }

  find(id: string): Promise<DeadLetterContent> {
    return this.#call("GET", `/${encodeURIComponent(id)}`);
  }

  replay(id: string): Promise<DeadLetter> {
    return this.#call("POST", `/${encodeURIComponent(id)}/replay`);
  }

  async #call<T>(method: string, path: string): Promise<T> {
    for (const key of this.#keys) {
      const response = await this.#ask(method, path, key);
      const text = await response.text();
      if (response.ok) return JSON.parse(text) as T;
      if (response.status === 401 && key !== this.#keys.at(-1)) continue;
      throw new Error(refusalOf(response.status, text));
    }
    throw new Error(
      "There is no operator's key: set SENDSAR_ADMIN_KEY, or SENDSAR_DATA_DIR to the deployment's data folder.",
    );
  }

  async #ask(method: string, path: string, key: string): Promise<Response> {
    try {
      return await fetch(`${this.#url}/admin/v1/dead-letters${path}`, {
        method,
        headers: { "x-admin-key": key },
        signal: AbortSignal.timeout(answerWaitMs),
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw new Error(`${this.#url} does not answer (${String(cause)}): is the deployment up? See --url.`);
    }
  }
}

/** What a deployment of this machine has made for itself. */
export async function generatedKeys(dataDir: string): Promise<string[]> {
  const keys: string[] = [];
  for (const file of ["sandbox.json", "cluster-secrets.json"]) {
    const text = await readFile(join(dataDir, file), "utf8").catch(() => null);
    const key: unknown = text === null ? null : (JSON.parse(text) as { adminKey?: unknown }).adminKey;
    if (typeof key === "string") keys.push(key);
  }
  return keys;
}

function refusalOf(status: number, text: string): string {
  try {
    const { error } = JSON.parse(text) as { error: ErrorBody };
    return `${status} ${error.code}: ${error.message} (request ${error.requestId})`;
  } catch {
    return `${status}: ${text}`;
  }
}
