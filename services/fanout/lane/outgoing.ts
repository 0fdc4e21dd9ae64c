import type { InboxAddress } from "#shared/inbox/inbox.ts";
import { limits } from "#shared/limits.ts";
import type { NewRecord } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { UserCommand } from "#shared/protocol/commands.ts";
import type { DeliveryItem, EventRecord } from "#shared/protocol/records.ts";
import type { EventRow } from "#shared/store/store.ts";

/** Characters of JSON in one record, with room for 4-byte text below `recordBytesMax`. */
const deliveryCharsMax = limits.recordBytesMax / 4;

/** What a batch emits: gathered per inbox, so that an inbox gets one record for a batch, however many the events. */
export class Outgoing {
  readonly #topics: Topics;
  readonly #records: NewRecord[] = [];
  readonly #inboxes = new Map<string, { to: InboxAddress; items: string[]; chars: number }>();
  readonly #items = new Map<DeliveryItem["type"], number>();

  constructor(topics: Topics) {
    this.#topics = topics;
  }

  /** An event for `events`, which every consumer reads. */
  event({ event, countable }: EventRow): void {
    const { tenantId, roomId } = event;
    const record: EventRecord = { v: 1, event, countable };
    this.#records.push({
      topic: this.#topics.events,
      partition: this.#topics.partitionOf(tenantId, roomId),
      key: `${tenantId}/${roomId}`,
      value: JSON.stringify(record),
    });
  }

  /** A command to the owner of a user's channel. */
  userCommand(command: UserCommand): void {
    const { tenantId, userId } = command;
    this.#records.push({
      topic: this.#topics.commands,
      partition: this.#topics.partitionOf(tenantId, userId),
      key: `${tenantId}/${userId}`,
      value: JSON.stringify(command),
    });
  }

  /** The end of an interest. */
  interestEnded(partition: number, key: string): void {
    this.#records.push({ topic: this.#topics.interest, partition, key, value: null });
  }

  /** The same item for several inboxes is written out once. */
  deliver(to: Iterable<InboxAddress>, item: DeliveryItem): void {
    let json: string | null = null;
    for (const address of to) {
      json ??= JSON.stringify(item);
      this.#add(address, json);
      this.#items.set(item.type, (this.#items.get(item.type) ?? 0) + 1);
    }
  }

  /** How many items of each type, one for each inbox that it goes to. */
  get items(): ReadonlyMap<DeliveryItem["type"], number> {
    return this.#items;
  }

  /** All of it; deliveries last. */
  records(): NewRecord[] {
    for (const box of this.#inboxes.values()) this.#flush(box);
    return this.#records;
  }

  #add(to: InboxAddress, json: string): void {
    const box = this.#inboxes.get(to.inbox) ?? { to, items: [], chars: 0 };
    this.#inboxes.set(to.inbox, box);
    if (box.items.length === limits.deliveryItemsMax || box.chars + json.length > deliveryCharsMax) {
      this.#flush(box);
    }
    box.items.push(json);
    box.chars += json.length;
  }

  #flush(box: { to: InboxAddress; items: string[]; chars: number }): void {
    if (box.items.length === 0) return;
    const { inbox, partition } = box.to;
    this.#records.push({
      topic: this.#topics.deliveries,
      partition,
      key: inbox,
      value: `{"v":1,"inbox":${JSON.stringify(inbox)},"items":[${box.items.join(",")}]}`,
    });
    box.items = [];
    box.chars = 0;
  }
}
