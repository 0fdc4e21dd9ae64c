import type { Client, types } from "cassandra-driver";
import { limits } from "#shared/limits.ts";
import { Gate } from "./gate.ts";

/** `undefined` among the parameters leaves a column as it is; null would write a tombstone. */
export type Parameter = string | number | boolean | readonly string[] | readonly number[] | undefined;

export interface Statement {
  readonly query: string;
  readonly params: readonly Parameter[];
}

export type Row = types.Row;

/** Prepared, idempotent requests, so many at a time. */
export class Session {
  readonly #client: Client;
  readonly #gate = new Gate({
    openMax: limits.storeRequestsInFlightMax,
    waitingMax: limits.storeRequestsWaitingMax,
  });

  constructor(client: Client) {
    this.#client = client;
  }

  /** All rows of all pages. */
  async rows(query: string, params: readonly Parameter[]): Promise<Row[]> {
    let result = await this.#execute(query, params);
    const { rows } = result;
    while (result.pageState) {
      result = await this.#execute(query, params, result.pageState);
      rows.push(...result.rows);
    }
    return rows;
  }

  async first(query: string, params: readonly Parameter[]): Promise<Row | null> {
    const { rows } = await this.#execute(query, params);
    return rows?.[0] ?? null;
  }

  /** Writes of one partition: they become one mutation, applied as a whole and seen as a whole. */
  async writePartition(statements: readonly Statement[]): Promise<void> {
    const [only] = statements;
    if (only === undefined) return;
    if (statements.length === 1) await this.#execute(only.query, only.params);
    else await this.#batch(statements, false);
  }

  /** Writes of several partitions in one request: some may come about without the others. */
  async writeLoosely(statements: readonly Statement[]): Promise<void> {
    await this.#batch(statements, false);
  }

  /** Writes of several partitions that all come about if one does. Dear: through the batch log. */
  async writeTogether(statements: readonly Statement[]): Promise<void> {
    await this.#batch(statements, true);
  }

  #execute(query: string, params: readonly Parameter[], pageState?: string): Promise<types.ResultSet> {
    const options = pageState === undefined ? {} : { pageState };
    return this.#gate.pass(() => this.#client.execute(query, [...params], options));
  }

  async #batch(statements: readonly Statement[], logged: boolean): Promise<void> {
    const queries = statements.map(({ query, params }) => ({ query, params: [...params] }));
    await this.#gate.pass(() => this.#client.batch(queries, { logged }));
  }
}
