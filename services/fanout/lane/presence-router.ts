import { rfc3339 } from "#shared/clock.ts";
import { channelKey, presenceChannel } from "#shared/inbox/channel.ts";
import { limits } from "#shared/limits.ts";
import type { EventLog } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { Store } from "#shared/store/store.ts";
import type { DeadInterest, InterestTable, UserOf } from "./interest.ts";
import { Outgoing } from "./outgoing.ts";

export interface PresenceRouterDeps {
  readonly log: Pick<EventLog, "append">;
  readonly store: Pick<Store, "setLastSeen">;
  readonly topics: Topics;
  readonly logger: { error(fields: object, message: string): void };
}

/**
 * Who of one partition's users is there: those whose channel some gateway wants. Tells the inboxes that watch them when
 * the first gateway comes and the last goes, and speaks for gateways that died.
 */
export class PresenceRouter {
  readonly #deps: PresenceRouterDeps;
  readonly #partition: number;
  readonly #table: InterestTable;
  /** To be told. What was not when an append failed is told with the next batch. */
  readonly #changed = new Map<string, UserOf>();
  /** What dead inboxes left, until the log and the store know of their end. */
  #dead: DeadInterest[] = [];
  #burying = false;
  #stopped = false;

  constructor(deps: PresenceRouterDeps, partition: number, table: InterestTable) {
    this.#deps = deps;
    this.#partition = partition;
    this.#table = table;
  }

  /** @param logMs the log's time, which is when they came or went. */
  async tellChanges(logMs: number): Promise<void> {
    for (const user of this.#table.takeCameOrWent()) {
      this.#changed.set(`${user.tenantId}/${user.userId}`, user);
    }
    if (this.#changed.size === 0) return;
    await this.#tell([...this.#changed.values()], logMs, []);
    this.#changed.clear();
  }

  died(dead: readonly DeadInterest[]): void {
    for (const one of dead) this.#dead.push(one);
  }

  /**
   * Ends what dead inboxes left: first when their users were last there, then in the log, so that a crash in between
   * leaves it to the next owner. Commands do not wait for it, as a gateway may leave tens of thousands of users; what
   * fails is tried again with the next batch. Never rejects.
   */
  async bury(logMs: number): Promise<void> {
    if (this.#burying) return;
    this.#burying = true;
    try {
      while (this.#dead.length > 0 && !this.#stopped) {
        const part = this.#dead.slice(0, limits.deliveryItemsMax);
        await this.#bury(part, logMs);
        this.#dead.splice(0, part.length);
      }
    } catch (err) {
      this.#deps.logger.error({ err }, "could not end what a silent gateway left; tried again");
    } finally {
      this.#burying = false;
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  async #bury(part: readonly DeadInterest[], logMs: number): Promise<void> {
    const gone = part
      .map(({ user }) => user)
      .filter((user) => user !== null)
      .filter((user) => !this.#table.isOnline(user));
    if (gone.length > 0) {
      await this.#deps.store.setLastSeen(
        gone.map(({ tenantId, userId, seenAtMs }) => ({ tenantId, userId, at: rfc3339(seenAtMs) })),
      );
    }
    if (this.#stopped) return;
    // An inbox that was only silent may have said it all again meanwhile.
    const keys = part.map(({ key }) => key).filter((key) => !this.#table.hasKey(key));
    await this.#tell(gone, logMs, keys);
  }

  /** Tells how the users stand now, whatever they were when this was noticed. */
  async #tell(users: readonly UserOf[], logMs: number, endedKeys: readonly string[]): Promise<void> {
    const outgoing = new Outgoing(this.#deps.topics);
    for (const user of users) {
      const { tenantId, userId } = user;
      const watching = this.#table.wanting(channelKey(presenceChannel(tenantId, userId)));
      const online = this.#table.isOnline(user);
      outgoing.deliver(watching, { type: "presence", tenantId, userId, online, at: rfc3339(logMs) });
    }
    for (const key of endedKeys) outgoing.interestEnded(this.#partition, key);
    const records = outgoing.records();
    if (records.length > 0) await this.#deps.log.append(records);
  }
}
