import { type Clock, rfc3339, type Timers } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { DurableEvent, TypingEvent } from "#shared/protocol/events.ts";

interface Typer {
  /** When its start was last shown. */
  shownAtMs: number;
  cancelExpiry: () => void;
}

/**
 * Who types in the rooms of this gateway's sessions. It ends here, where it is shown, so that it ends whatever becomes
 * of the typing client, its gateway or the room's owner.
 */
export class Typers {
  readonly #clock: Clock & Timers;
  readonly #show: (event: TypingEvent) => void;
  readonly #rooms = new Map<string, Map<string, Typer>>();
  #count = 0;

  /** @param show passes an event on to the room's sessions. */
  constructor(options: { clock: Clock & Timers; show: (event: TypingEvent) => void }) {
    this.#clock = options.clock;
    this.#show = options.show;
  }

  receive(event: TypingEvent): void {
    if (event.type === "typing.started") this.#started(event);
    else this.#end(event.tenantId, event.roomId, event.userId, event.at);
  }

  /** What happens in a room ends typing: to be told before its sessions are. */
  passing(event: DurableEvent): void {
    const { tenantId, roomId, at } = event;
    const typers = this.#rooms.get(`${tenantId}/${roomId}`);
    if (typers === undefined) return;
    switch (event.type) {
      case "message.created":
        if (event.senderId !== null) this.#end(tenantId, roomId, event.senderId, at);
        return;
      case "member.removed":
        this.#end(tenantId, roomId, event.userId, at);
        return;
      case "room.frozen":
      case "room.closed":
      case "room.deleted":
        for (const userId of [...typers.keys()]) this.#end(tenantId, roomId, userId, at);
        return;
    }
  }

  /** Nobody here is in the room any more. */
  forget(tenantId: string, roomId: string): void {
    for (const userId of [...(this.#rooms.get(`${tenantId}/${roomId}`)?.keys() ?? [])]) {
      this.#remove(tenantId, roomId, userId);
    }
  }

  stop(): void {
    for (const typers of this.#rooms.values()) for (const { cancelExpiry } of typers.values()) cancelExpiry();
    this.#rooms.clear();
    this.#count = 0;
  }

  #started(event: TypingEvent): void {
    const { tenantId, roomId, userId } = event;
    const key = `${tenantId}/${roomId}`;
    const nowMs = this.#clock.nowMs();
    const typers = this.#rooms.get(key);
    const known = typers?.get(userId);
    if (known !== undefined) {
      known.cancelExpiry();
      known.cancelExpiry = this.#expire(event);
      if (Math.abs(nowMs - known.shownAtMs) < limits.typingRepeatMsMin) return;
      known.shownAtMs = nowMs;
      this.#show(event);
      return;
    }
    if (this.#count >= limits.typersMax) return;
    const typer = { shownAtMs: nowMs, cancelExpiry: this.#expire(event) };
    if (typers === undefined) this.#rooms.set(key, new Map([[userId, typer]]));
    else typers.set(userId, typer);
    this.#count += 1;
    this.#show(event);
  }

  #expire({ tenantId, roomId, userId }: TypingEvent): () => void {
    return this.#clock.after(limits.typingExpiryMs, () =>
      this.#end(tenantId, roomId, userId, rfc3339(this.#clock.nowMs())),
    );
  }

  #end(tenantId: string, roomId: string, userId: string, at: string): void {
    if (this.#remove(tenantId, roomId, userId))
      this.#show({ type: "typing.stopped", tenantId, roomId, userId, at });
  }

  #remove(tenantId: string, roomId: string, userId: string): boolean {
    const key = `${tenantId}/${roomId}`;
    const typers = this.#rooms.get(key);
    const typer = typers?.get(userId);
    if (typers === undefined || typer === undefined) return false;
    typer.cancelExpiry();
    typers.delete(userId);
    if (typers.size === 0) this.#rooms.delete(key);
    this.#count -= 1;
    return true;
  }
}
