import { setTimeout as pause } from "node:timers/promises";
import type { DurableEvent } from "#shared/protocol/events.ts";
import type { RoomGapFrame } from "#shared/protocol/frames.ts";
import type { HistoryRecorder, SubscriberRecord } from "#test/history-checker/recorder.ts";
import { BareClient, type Connected, type Frame } from "./bare-client.ts";
import { ClientErrors } from "./client-errors.ts";
import type { Tenant } from "./tenant.ts";

const reconnectMs = 100;

/**
 * A device that only listens, and comes back with its cursors whenever it is cut off. What it takes down is what was on
 * the wire: no client library drops a repeat or mends a hole before it is seen.
 */
export class BareListener {
  readonly #tenant: Tenant;
  readonly #userId: string;
  readonly #record: SubscriberRecord;
  readonly #cursors: Record<string, number> = {};
  readonly #listening: Promise<void>;
  #client: BareClient | null = null;
  #stopped = false;
  /** How its connections ended. */
  readonly closeCodes: number[] = [];

  readonly #errors: ClientErrors;

  constructor(
    recorder: HistoryRecorder,
    tenant: Tenant,
    userId: string,
    errors: ClientErrors = new ClientErrors(),
  ) {
    this.#errors = errors;
    this.#tenant = tenant;
    this.#userId = userId;
    this.#record = recorder.subscriber({ tenantId: tenant.tenantId, userId });
    this.#listening = this.#listen();
  }

  /** Resolves when it has been told `connected`, now or in time. */
  get isConnected(): boolean {
    return this.#client?.frames.some(({ type }) => type === "connected") ?? false;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#client?.close();
    await this.#listening;
  }

  async #listen(): Promise<void> {
    while (!this.#stopped) {
      await this.#connection().catch((error: unknown) => {
        if (!this.#stopped) this.#errors.thrown("listener", error);
      });
      this.#client = null;
      if (!this.#stopped) await pause(reconnectMs);
    }
  }

  async #connection(): Promise<void> {
    const token = await this.#tenant.token(this.#userId);
    const client = await BareClient.open(this.#tenant.url, (frame) => this.#hear(frame));
    this.#record.session({ ...this.#cursors });
    this.#client = client;
    client.sendJson({ type: "connect", token, resume: this.#cursors });
    if (this.#stopped) await client.close();
    const { code } = await client.closed;
    this.closeCodes.push(code);
    if (!this.#stopped) this.#errors.closed("listener", code);
  }

  #hear(frame: Frame): void {
    if (frame.type === "error") {
      this.#errors.answered("listener", frame);
    } else if (frame.type === "connected") {
      const { rooms } = frame as Connected;
      this.#record.listed(rooms);
      for (const { roomId, seq } of rooms) this.#cursors[roomId] ??= seq;
    } else if (frame.type === "room.gap") {
      const gap = frame as unknown as RoomGapFrame;
      this.#record.saw(gap);
      this.#cursors[gap.roomId] = gap.toSeq;
    } else if (frame.seq !== undefined && frame.roomId !== undefined) {
      this.#record.saw(frame as unknown as DurableEvent);
      this.#cursors[frame.roomId] = frame.seq;
    }
  }
}
