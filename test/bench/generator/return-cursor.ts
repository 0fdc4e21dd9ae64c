import type { ServerFrame } from "./member.ts";

/** Where a client stands in its one room, and whether a return brought it all that it missed. */
export class Cursor {
  readonly roomId: string;
  /** null: it was never connected. */
  seq: number | null = null;
  state: "behind" | "whole" | "gap" = "whole";
  #headSeq = 0;

  constructor(roomId: string) {
    this.roomId = roomId;
  }

  /** @returns how many events it has missed. */
  connected(headSeq: number): number {
    this.seq ??= headSeq;
    this.#headSeq = headSeq;
    this.state = this.seq < headSeq ? "behind" : "whole";
    return Math.max(0, headSeq - this.seq);
  }

  /** @returns what is wrong with it; null: it is the next one, or has no place in the room's order. */
  saw({ type, seq, toSeq }: ServerFrame): string | null {
    if (type === "room.gap") {
      this.seq = toSeq ?? this.seq;
      this.state = "gap";
      return null;
    }
    if (seq === undefined || this.seq === null) return null;
    const wrong = seq === this.seq + 1 ? null : `seq ${seq} follows ${this.seq}`;
    this.seq = seq;
    if (this.state === "behind" && seq >= this.#headSeq) this.state = "whole";
    return wrong;
  }
}
