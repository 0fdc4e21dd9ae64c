import type { Call, CallSource } from "#shared/protocol/calls.ts";
import type { CallCommand, StartCall } from "#shared/protocol/commands.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import type { MaskingRules } from "#shared/protocol/masking.ts";
import type { CallQualityPost } from "#shared/protocol/requests.ts";
import type { CallRow } from "#shared/store/call-store.ts";
import { apply } from "../room/apply.ts";
import { nothingErasing, nothingExpiring } from "../room/parts.ts";
import type { RoomState } from "../room/state.ts";
import { base, server } from "./random-commands.ts";

type Command = Parameters<typeof apply>[1];

/** A room in which what is asked is done by clients, one after the other. */
export class CallStory {
  state: RoomState | null = null;
  readonly events: DurableEvent[] = [];
  /** Those that have ended. */
  readonly calls: CallRow[] = [];
  readonly #numbers = new Map<string, number>();
  #position = 0;
  #ms = Date.UTC(2026, 0, 1);

  constructor(type: "direct" | "group", ...userIds: string[]) {
    const members = userIds.map((userId) => ({ userId, role: "member" as const }));
    this.apply({ ...base, type: "room.put", at: this.#at, actor: server, roomType: type, members });
  }

  get #at(): string {
    return new Date(this.#ms).toISOString();
  }

  wait(ms: number): this {
    this.#ms += ms;
    return this;
  }

  due(): this {
    this.apply({ ...base, type: "room.due", at: this.#at, actor: server });
    return this;
  }

  observe(userId: string): this {
    this.apply({ ...base, type: "member.put", at: this.#at, actor: server, userId, role: "observer" });
    return this;
  }

  block(userId: string, other: string): this {
    const actor = { kind: "client", userId } as const;
    this.apply({ ...base, type: "member.settings", at: this.#at, actor, userId, block: [other] });
    return this;
  }

  start(userId: string, callId: string, busy: string[] = [], kind: "client" | "server" = "client") {
    return this.apply({
      ...this.#by(userId, callId, kind),
      type: "call.start",
      kind: "video",
      region: null,
      busy,
      ringSeconds: 30,
      leavesMessage: true,
    });
  }

  /** Adds to the call what the room's rules are for. */
  startWith(userId: string, callId: string, custom: StartCall["custom"], action: "mask" | "refuse") {
    const masking: MaskingRules = { find: ["phone"], action, rooms: "all", customFields: ["note"] };
    const asked = { kind: "audio" as const, region: null, busy: [], ringSeconds: 30, leavesMessage: true };
    return this.apply({ ...this.#by(userId, callId), type: "call.start", ...asked, custom, masking });
  }

  /** What takes no more than who does it, and in which call. */
  act(
    type: Extract<CallCommand["type"], "call.accept" | "call.leave" | "call.cancel">,
    userId: string,
    callId: string,
  ) {
    return this.apply({ ...this.#by(userId, callId), type });
  }

  accept(userId: string, callId: string) {
    return this.act("call.accept", userId, callId);
  }

  leave(userId: string, callId: string) {
    return this.act("call.leave", userId, callId);
  }

  end(userId: string, callId: string) {
    return this.apply({ ...this.#by(userId, callId), type: "call.end", failed: false });
  }

  /** LiveKit is without it. */
  lose(userId: string, callId: string) {
    return this.apply({ ...this.#by(userId, callId, "server"), type: "call.leave", lost: true });
  }

  /** LiveKit has let it in so long after the first moment, and has these of it. */
  connected(userId: string, callId: string, ms: number, published: CallSource[] = []) {
    const connectedAt = new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
    return this.apply({
      ...this.#by(userId, callId, "server"),
      type: "call.connected",
      connectedAt,
      published,
    });
  }

  quality(userId: string, callId: string, report: CallQualityPost) {
    return this.apply({ ...this.#by(userId, callId), type: "call.quality", ...report });
  }

  /** The newest call, as it is. */
  get call(): Call | undefined {
    return this.state?.head.call?.call ?? this.calls.at(-1)?.call;
  }

  /** LiveKit has begun to record it. */
  record(userId: string, callId: string, recordingId: string) {
    return this.apply({ ...this.#by(userId, callId), type: "call.record", recordingId });
  }

  /** LiveKit records it no more. */
  recorded(callId: string, recordingId: string, location: string | null = null) {
    const said = { recordingId, location, failed: location === null };
    return this.apply({ ...base, type: "call.recorded", at: this.#at, actor: server, callId, ...said });
  }

  close(): this {
    this.apply({ ...base, type: "room.patch", at: this.#at, actor: server, state: "closed" });
    return this;
  }

  decline(userId: string, callId: string, busy = false) {
    return this.apply({ ...this.#by(userId, callId), type: "call.decline", busy });
  }

  get types(): string[] {
    return this.events.slice(1).map(({ type }) => type);
  }

  apply(command: Command) {
    const applied = apply(this.state, command, {
      position: ++this.#position,
      known: false,
      countableAt: () => 0,
      sendersAfter: () => [],
      messageOf: () => null,
      callOf: (callId) => this.#callOf(callId),
      toldOf: () => [],
      erasing: nothingErasing,
      expiring: nothingExpiring,
    });
    this.state = applied.state;
    this.events.push(...applied.events.map(({ event }) => event));
    this.calls.push(...applied.calls);
    for (const { callId, number } of applied.callIds) this.#numbers.set(callId, number);
    return applied.decision;
  }

  #callOf(callId: string): CallRow | null {
    const number = this.#numbers.get(callId);
    const running = this.state?.head.call ?? null;
    if (running?.number === number) return running;
    return this.calls.findLast((row) => row.number === number) ?? null;
  }

  #by(userId: string, callId: string, kind: "client" | "server" = "client") {
    return { ...base, at: this.#at, actor: { kind, userId }, callId };
  }
}
