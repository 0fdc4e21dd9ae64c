import type { Authority } from "#shared/auth/authority.ts";
import { assertMay } from "#shared/auth/may.ts";
import { type Clock, rfc3339 } from "#shared/clock.ts";
import type { Admission } from "#shared/http/admission.ts";
import type { Session } from "../session/session.ts";
import type { Signals } from "./signals.ts";

export interface TypingDeps {
  readonly authority: Pick<Authority, "membership" | "membershipNow">;
  readonly admission: Pick<Admission, "admitSignal">;
  readonly clock: Clock;
  readonly signals: Signals;
}

interface Typist {
  readonly tenantId: string;
  readonly roomId: string;
  readonly userId: string;
}

/** What the clients of this gateway say of their users' typing, on its way to the owners of the rooms. */
export class Typing {
  readonly #deps: TypingDeps;

  constructor(deps: TypingDeps) {
    this.#deps = deps;
  }

  /** @throws AppError rate_limited, room_not_found, not_a_member, read_only, room_frozen, room_closed. */
  async say(session: Session, roomId: string, typing: boolean): Promise<void> {
    const { tenantId, userId } = session;
    const typist = { tenantId, roomId, userId };
    await this.#deps.admission.admitSignal(tenantId, userId);
    if (session.rooms.get(roomId)?.maySend !== true) await this.#assertMayType(typist);
    if (typing && !session.typing.started(roomId, this.#deps.clock.nowMs())) return;
    if (!typing) session.typing.stopped(roomId);
    this.#signal(typist, typing);
  }

  /** Over REST. @throws AppError room_not_found, not_a_member, read_only, room_frozen, room_closed. */
  async sayFor(typist: Typist, typing: boolean): Promise<void> {
    await this.#assertMayType(typist);
    this.#signal(typist, typing);
  }

  /** The session sends a message. A start that is still on its way must not outlive it. */
  sends({ tenantId, userId, typing }: Session, roomId: string): void {
    if (typing.stopped(roomId)) this.#signal({ tenantId, roomId, userId }, false);
  }

  /** The socket is gone. */
  leaves({ tenantId, userId, typing }: Session): void {
    for (const roomId of typing.lasting(this.#deps.clock.nowMs())) {
      this.#signal({ tenantId, roomId, userId }, false);
    }
  }

  /** A refusal is never given from memory. */
  async #assertMayType({ tenantId, roomId, userId }: Typist): Promise<void> {
    const { authority } = this.#deps;
    try {
      assertMay("typing.start", await authority.membership(tenantId, roomId, userId));
    } catch {
      assertMay("typing.start", await authority.membershipNow(tenantId, roomId, userId));
    }
  }

  #signal(typist: Typist, typing: boolean): void {
    const { signals, clock } = this.#deps;
    signals.send({ v: 1, type: "typing", ...typist, typing, at: rfc3339(clock.nowMs()) });
  }
}
