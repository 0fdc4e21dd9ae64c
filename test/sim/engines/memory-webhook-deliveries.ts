import {
  type DeliveryKey,
  type DeliveryProgress,
  type DeliveryTail,
  type DuePlace,
  type DueRow,
  freshProgress,
  type KeptDelivery,
  type TailKey,
  type ToldUser,
  type WebhookDeliveryRow,
  type WebhookDeliveryStore,
} from "#shared/store/webhook-deliveries.ts";

const isAfter = (a: DuePlace, b: DuePlace): boolean =>
  a.dueMs === b.dueMs ? a.deliveryId > b.deliveryId : a.dueMs > b.dueMs;
const keyOf = (key: DeliveryKey) => `${key.tenantId}/${key.deliveryId}`;
const tailOf = (key: TailKey) => `${key.tenantId}/${key.endpointId}/${key.roomId}`;

/** Deliveries in memory, held to the contract of the real stores. */
export class MemoryWebhookDeliveries implements WebhookDeliveryStore {
  readonly #deliveries = new Map<string, WebhookDeliveryRow>();
  readonly #progress = new Map<string, DeliveryProgress>();
  readonly #due = new Map<number, Map<string, DueRow>>();
  readonly #marks = new Map<number, number>();
  readonly #tails = new Map<string, DeliveryTail>();
  readonly #told = new Map<string, Map<string, number>>();

  async addDeliveries(
    deliveries: readonly WebhookDeliveryRow[],
    due?: { readonly partition: number; readonly rows: readonly DueRow[] },
  ): Promise<void> {
    if (due !== undefined) await this.changeDue(due.partition, { add: due.rows });
    for (const row of deliveries) {
      if (!this.#deliveries.has(keyOf(row))) this.#deliveries.set(keyOf(row), row);
    }
  }

  async setProgress(changes: readonly (DeliveryKey & { progress: DeliveryProgress })[]): Promise<void> {
    for (const change of changes) this.#progress.set(keyOf(change), change.progress);
  }

  async setBodies(changes: readonly (DeliveryKey & { body: string })[]): Promise<void> {
    for (const { body, ...key } of changes) {
      const row = this.#deliveries.get(keyOf(key));
      if (row !== undefined) this.#deliveries.set(keyOf(key), { ...row, body });
    }
  }

  async getDeliveries(keys: readonly DeliveryKey[]): Promise<(KeptDelivery | null)[]> {
    return keys.map((key) => {
      const row = this.#deliveries.get(keyOf(key));
      return row === undefined ? null : this.#kept(row);
    });
  }

  async listDeliveries(
    tenantId: string,
    page: { before?: string; after?: string; ascending?: boolean; limit: number },
  ): Promise<KeptDelivery[]> {
    const { before = "~", after = "", ascending = false, limit } = page;
    const rows = [...this.#deliveries.values()]
      .filter((row) => row.tenantId === tenantId && row.deliveryId > after && row.deliveryId < before)
      .sort((a, b) => (a.deliveryId < b.deliveryId ? -1 : 1));
    return (ascending ? rows : rows.reverse()).slice(0, limit).map((row) => this.#kept(row));
  }

  async changeDue(
    partition: number,
    { add = [], remove = [] }: { add?: readonly DueRow[]; remove?: readonly DueRow[] },
  ): Promise<void> {
    const rows = this.#due.get(partition) ?? new Map<string, DueRow>();
    this.#due.set(partition, rows);
    const placeOf = ({ dueMs, deliveryId }: DuePlace) => `${dueMs}/${deliveryId}`;
    for (const row of add) rows.set(placeOf(row), row);
    for (const row of remove) rows.delete(placeOf(row));
  }

  async readDue(
    partition: number,
    { after, untilMs, limit }: { after: DuePlace; untilMs: number; limit: number },
  ): Promise<{ rows: DueRow[]; next: DuePlace }> {
    const rows = [...(this.#due.get(partition)?.values() ?? [])]
      .filter((row) => isAfter(row, after) && row.dueMs <= untilMs)
      .sort((a, b) => (isAfter(a, b) ? 1 : -1))
      .slice(0, limit);
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return { rows, next: last ?? { dueMs: untilMs, deliveryId: "~" } };
  }

  async readDueMark(partition: number): Promise<number | null> {
    return this.#marks.get(partition) ?? null;
  }

  async writeDueMark(partition: number, ms: number): Promise<void> {
    this.#marks.set(partition, ms);
  }

  async readTail(key: TailKey): Promise<DeliveryTail | null> {
    return this.#tails.get(tailOf(key)) ?? null;
  }

  async writeTail(key: TailKey, tail: DeliveryTail): Promise<void> {
    this.#tails.set(tailOf(key), tail);
  }

  async readTold(key: TailKey): Promise<ToldUser[]> {
    const told = this.#told.get(tailOf(key)) ?? [];
    return [...told].map(([userId, readNumber]) => ({ userId, readNumber }));
  }

  async writeTold(key: TailKey, users: readonly ToldUser[]): Promise<void> {
    const told = this.#told.get(tailOf(key)) ?? new Map<string, number>();
    this.#told.set(tailOf(key), told);
    for (const { userId, readNumber } of users) told.set(userId, readNumber);
  }

  async forgetTold(tenantId: string, roomId: string, userId: string): Promise<void> {
    for (const [key, told] of this.#told) {
      if (key.startsWith(`${tenantId}/`) && key.endsWith(`/${roomId}`)) told.delete(userId);
    }
  }

  #kept(row: WebhookDeliveryRow): KeptDelivery {
    return { ...row, progress: this.#progress.get(keyOf(row)) ?? freshProgress };
  }
}
