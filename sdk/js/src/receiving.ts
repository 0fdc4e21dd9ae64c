import type { ClientEvent, ServerEvent } from "./events.ts";
import type { Incoming } from "./link.ts";
import type { Listeners } from "./listeners.ts";
import type { Outbox } from "./outbox.ts";
import type { PresenceWatch } from "./presence-watch.ts";
import type { Requests } from "./requests.ts";
import type { Resume } from "./resume.ts";
import type { RoomLookup } from "./room-lookup.ts";
import type { Rooms } from "./rooms.ts";
import type { DurableEvent, TransientEvent } from "./wire.ts";

interface ReceivingDeps {
  readonly requests: Requests;
  readonly resume: Resume;
  readonly rooms: Rooms;
  readonly lookup: RoomLookup;
  readonly outbox: Outbox;
  readonly presence: PresenceWatch;
  readonly listeners: Listeners<ServerEvent | ClientEvent>;
  readonly userId: () => string;
  /** A room's events have a hole that only a resume can fill. */
  readonly reconnect: (reason: string) => void;
}

/** What the server says, in the order in which it says it: first to what the client knows, then to its listeners. */
export class Receiving {
  readonly #deps: ReceivingDeps;

  constructor(deps: ReceivingDeps) {
    this.#deps = deps;
  }

  received(frame: Incoming): void {
    const { requests, listeners, resume } = this.#deps;
    switch (frame.type) {
      case "ok":
      case "error":
        requests.answered(frame);
        break;
      case "pong":
        break;
      case "room.gap":
        listeners.emit(frame, frame.type, "*");
        resume.advance(frame.roomId, frame.toSeq);
        break;
      default:
        if ("seq" in frame) this.#durable(frame);
        else this.transient(frame);
    }
  }

  transient(event: TransientEvent): void {
    const { rooms, presence, outbox, lookup, listeners, userId } = this.#deps;
    rooms.heard(event, userId());
    if (event.type === "presence.changed") presence.heard(event);
    if (event.type === "message.rejected") outbox.rejected(event);
    if (event.type === "observer.added") lookup.ask(event.roomId);
    listeners.emit(event, event.type, "*");
  }

  #durable(event: DurableEvent): void {
    const { resume, rooms, outbox, lookup, listeners } = this.#deps;
    const verdict = resume.judge(event);
    switch (verdict.type) {
      case "duplicate":
        return;
      case "hole":
        this.#deps.reconnect(
          `room ${event.roomId}: event ${event.seq} came where ${verdict.expected} was due`,
        );
        return;
      case "lost":
        listeners.emit(verdict.gap, verdict.gap.type, "*");
        break;
      case "deliver":
    }
    const userId = this.#deps.userId();
    const known = rooms.apply(event, userId);
    if (event.type === "message.created" && event.senderId === userId && event.clientId !== null) {
      outbox.seen(event.roomId, event.clientId, event.messageId);
    }
    listeners.emit(event, event.type, "*");
    resume.passed(event, userId);
    if (!known) lookup.ask(event.roomId);
  }
}
