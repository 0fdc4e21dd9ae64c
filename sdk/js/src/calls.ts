import { type LiveKitRoom, QualityWatch } from "./call-quality.ts";
import type { Clock } from "./clock.ts";
import { SendsarError } from "./errors.ts";
import type { Rest } from "./rest.ts";
import type { Call, CallAnswer, CallPost, CallQualityPost } from "./wire.ts";

export interface CallPage {
  /** Newest first: the call that runs, then those that have ended. */
  readonly items: readonly Call[];
  readonly next: string | null;
}

/**
 * Voice and video calls in rooms. The media is LiveKit's: give its own client the `livekit.url` and `livekit.token` of
 * an answer. What becomes of a call comes as `call.*` events, and is `client.rooms.get(roomId)?.call` while it runs.
 *
 * All reject with the server's refusal, with `answer_timeout` where what was asked is durable and not applied in time
 * (the events tell; asking again is harmless), or with what the network says.
 */
export class Calls {
  readonly #rest: Rest;
  readonly #clock: Clock;

  constructor(rest: Rest, clock: Clock) {
    this.#rest = rest;
    this.#clock = clock;
  }

  /** Rings the others of a room, or joins the call that it has. A repeat with the same `callId` is the same call. */
  start(roomId: string, call: CallPost): Promise<CallAnswer> {
    return this.#ask(callsOf(roomId), call);
  }

  /** Answers a call, or joins one that others are in. The user's other devices stop ringing. */
  accept(callId: string): Promise<CallAnswer> {
    return this.#ask(`${pathOf(callId)}/accept`);
  }

  /** Does not answer it; `busy`: the user is in another. */
  decline(callId: string, how: { readonly busy?: boolean } = {}): Promise<Call> {
    return this.#ask(`${pathOf(callId)}/decline`, how);
  }

  /** Gives up a call of one's own that nobody has answered. */
  cancel(callId: string): Promise<Call> {
    return this.#ask(`${pathOf(callId)}/cancel`);
  }

  /** Leaves it. In a direct room that ends it. */
  leave(callId: string): Promise<Call> {
    return this.#ask(`${pathOf(callId)}/leave`);
  }

  /** Ends it for all: who began it, an owner of the room, both of a direct room. */
  end(callId: string): Promise<Call> {
    return this.#ask(`${pathOf(callId)}/end`, {});
  }

  /** Has it recorded, where there is LiveKit's egress: an owner of the room, both of a direct room. */
  record(callId: string): Promise<Call> {
    return this.#ask(`${pathOf(callId)}/record`);
  }

  /** It is recorded until `call.recorded` says so, with the file. */
  stopRecording(callId: string): Promise<Call> {
    return this.#ask(`${pathOf(callId)}/stop-recording`);
  }

  /** Another way into a call that the user is in: after a reload, or when LiveKit's token ran out. */
  token(callId: string): Promise<CallAnswer> {
    return this.#ask(`${pathOf(callId)}/token`);
  }

  /**
   * Has it told how good the call was on this device, by LiveKit's own word: give it livekit-client's `Room` before that
   * connects. When that is disconnected the report goes out; one that gets lost is no error.
   */
  measure(callId: string, room: LiveKitRoom): void {
    new QualityWatch(room, this.#clock, (report) => {
      this.reportQuality(callId, report).catch(() => {});
    });
  }

  /** How good it was: the user's `rating`, 1 to 5, or what was measured otherwise. What is not named stays as it was. */
  reportQuality(callId: string, report: CallQualityPost): Promise<Call> {
    // A page is left by who ends a call so, too.
    return this.#ask(`${pathOf(callId)}/quality`, report, { keepalive: true });
  }

  get(callId: string): Promise<Call> {
    return this.#rest.call("GET", pathOf(callId));
  }

  /** One page of a room's calls; `next` is the `cursor` of the following. */
  list(roomId: string, query: { readonly cursor?: string; readonly limit?: number } = {}): Promise<CallPage> {
    return this.#rest.page(callsOf(roomId), query);
  }

  async #ask<Answer extends Call | CallAnswer>(
    path: string,
    body?: object,
    how: { readonly keepalive?: boolean } = {},
  ): Promise<Answer> {
    const answer = await this.#rest.call<Answer | { readonly accepted: true }>("POST", path, body, how);
    if (!("accepted" in answer)) return answer;
    throw new SendsarError("answer_timeout", "it is durable, and not known to be applied yet", {
      retryable: true,
    });
  }
}

function callsOf(roomId: string): string {
  return `/v1/rooms/${encodeURIComponent(roomId)}/calls`;
}

function pathOf(callId: string): string {
  return `/v1/calls/${encodeURIComponent(callId)}`;
}
