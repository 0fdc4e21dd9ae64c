import type { Presence } from "#sdk/js/src/client.ts";
import { find } from "./dom.ts";

/** A little more than typing lasts without a repeat, should the word of its end be lost. */
const typingMsMax = 7_000;

/** What the other side is doing: there, gone since, or typing. */
export class PeerLine {
  readonly #root: HTMLElement;
  readonly #name: string;
  #presence: Presence | null = null;
  #typingEnds: ReturnType<typeof setTimeout> | undefined;
  #isTyping = false;

  constructor(root: HTMLElement, name: string) {
    this.#root = root;
    this.#name = name;
    this.#show();
  }

  stands(presence: Presence | null): void {
    this.#presence = presence;
    this.#show();
  }

  types(isTyping: boolean): void {
    clearTimeout(this.#typingEnds);
    if (isTyping) this.#typingEnds = setTimeout(() => this.types(false), typingMsMax);
    this.#isTyping = isTyping;
    this.#show();
  }

  #show(): void {
    this.#root.dataset.online = this.#presence === null ? "unknown" : String(this.#presence.online);
    find(this.#root, "span", HTMLElement).textContent = `${this.#name} ${this.#words()}`;
  }

  #words(): string {
    if (this.#isTyping) return "is typing …";
    if (this.#presence === null) return "…";
    const { online, lastSeenAt } = this.#presence;
    if (online) return "is online";
    return lastSeenAt === null
      ? "is offline"
      : `was last here at ${new Date(lastSeenAt).toLocaleTimeString()}`;
  }
}
