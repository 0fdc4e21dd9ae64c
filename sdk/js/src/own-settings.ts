import type { Request } from "./requests.ts";

/** What the user wants for itself. Each call wants a connection now, and rejects with `not_connected`. */
export class OwnSettings {
  readonly #request: Request;

  constructor(request: Request) {
    this.#request = request;
  }

  /** Mutes a room, or mutes it no more, for this user alone. */
  async mute(roomId: string, muted: boolean): Promise<void> {
    await this.#request({ type: "room.mute", roomId, muted });
  }

  /** What others may know: `receipts`, and `presence` (false: invisible). What is not named stays. */
  async setPrivacy(privacy: { readonly receipts?: boolean; readonly presence?: boolean }): Promise<void> {
    await this.#request({ type: "privacy.set", ...privacy });
  }

  /** Hides what another says, who is not told; in a direct room it cannot send. */
  async block(userId: string): Promise<void> {
    await this.#request({ type: "user.block", userId });
  }

  async unblock(userId: string): Promise<void> {
    await this.#request({ type: "user.unblock", userId });
  }
}
