import {
  type DueMedia,
  type MediaOutcome,
  type MediaRow,
  type MediaStore,
  type MediaUse,
  mediaRowOf,
} from "#shared/store/media-store.ts";

interface Kept {
  readonly media: Parameters<MediaStore["add"]>[1];
  outcome: MediaOutcome | null;
}

const byKey =
  <T>(key: (one: T) => string) =>
  (a: T, b: T) =>
    key(a) < key(b) ? -1 : 1;
const dueKey = ({ dueAt, tenantId, mediaId }: DueMedia) => `${dueAt} ${tenantId} ${mediaId}`;

/** Files in memory, held to the contract of the real stores. */
export class MemoryMedia implements MediaStore {
  readonly #media = new Map<string, Kept>();
  readonly #uses = new Map<string, Map<string, MediaUse>>();
  readonly #days = new Map<string, Map<string, number>>();
  readonly #due = new Map<number, Map<string, DueMedia>>();
  readonly #done = new Map<number, string>();

  async add(...[tenantId, media, { partition, dueAt }]: Parameters<MediaStore["add"]>): Promise<void> {
    await this.addDue(partition, { dueAt, tenantId, mediaId: media.mediaId });
    const key = `${tenantId}/${media.mediaId}`;
    if (!this.#media.has(key)) this.#media.set(key, { media, outcome: null });
  }

  async get(tenantId: string, mediaId: string): Promise<MediaRow | null> {
    const kept = this.#media.get(`${tenantId}/${mediaId}`);
    return kept === undefined ? null : mediaRowOf(kept.media, kept.outcome);
  }

  async settle(tenantId: string, mediaId: string, outcome: MediaOutcome): Promise<void> {
    const kept = this.#media.get(`${tenantId}/${mediaId}`);
    if (kept !== undefined) kept.outcome = outcome;
  }

  async addUse(tenantId: string, mediaId: string, use: MediaUse): Promise<void> {
    const key = `${tenantId}/${mediaId}`;
    const uses = this.#uses.get(key) ?? new Map<string, MediaUse>();
    this.#uses.set(key, uses.set(`${use.roomId} ${use.messageId}`, use));
  }

  async listUses(tenantId: string, mediaId: string, limit: number): Promise<MediaUse[]> {
    const uses = [...(this.#uses.get(`${tenantId}/${mediaId}`)?.values() ?? [])];
    return uses.sort(byKey((use) => `${use.roomId} ${use.messageId}`)).slice(0, limit);
  }

  async listOfUser(
    tenantId: string,
    userId: string,
    { after = "", limit }: { after?: string; limit: number },
  ): Promise<string[]> {
    return [...this.#media]
      .filter(([key, { media }]) => key === `${tenantId}/${media.mediaId}` && media.uploaderId === userId)
      .map(([, { media }]) => media.mediaId)
      .filter((mediaId) => mediaId > after)
      .sort()
      .slice(0, limit);
  }

  async remove(tenantId: string, { mediaId }: { mediaId: string }): Promise<void> {
    this.#media.delete(`${tenantId}/${mediaId}`);
    this.#uses.delete(`${tenantId}/${mediaId}`);
  }

  async countDay(
    tenantId: string,
    { day, node, bytes }: Parameters<MediaStore["countDay"]>[1],
  ): Promise<number> {
    const key = `${tenantId}/${day}`;
    const all = this.#days.get(key) ?? new Map<string, number>();
    this.#days.set(key, all.set(node, bytes));
    return [...all.values()].reduce((sum, each) => sum + each, 0);
  }

  async addDue(partition: number, due: DueMedia): Promise<void> {
    const all = this.#due.get(partition) ?? new Map<string, DueMedia>();
    this.#due.set(partition, all.set(dueKey(due), due));
  }

  async listDue(
    partition: number,
    { after, before, limit }: Parameters<MediaStore["listDue"]>[1],
  ): Promise<DueMedia[]> {
    return [...(this.#due.get(partition)?.values() ?? [])]
      .filter((due) => dueKey(due) > dueKey(after) && due.dueAt < before)
      .sort(byKey(dueKey))
      .slice(0, limit);
  }

  async readDueDone(partition: number): Promise<string | null> {
    return this.#done.get(partition) ?? null;
  }

  async setDueDone(partition: number, at: string): Promise<void> {
    this.#done.set(partition, at);
  }
}
