import type { ConnectionState } from "#sdk/js/src/client.ts";
import { find } from "./dom.ts";

const tickMs = 100;

/** The connection's state in words, with the pause before the next attempt counted down. */
export class StateBadge {
  readonly #root: HTMLElement;
  #ticking: ReturnType<typeof setInterval> | undefined;

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  show(state: ConnectionState): void {
    clearInterval(this.#ticking);
    this.#root.dataset.status = state.status;
    if (state.status === "waiting") this.#countDown(performance.now() + state.delayMs);
    else this.#say(wordsFor(state));
  }

  #countDown(untilMs: number): void {
    const tick = () =>
      this.#say(`next try in ${(Math.max(0, untilMs - performance.now()) / 1_000).toFixed(1)} s`);
    tick();
    this.#ticking = setInterval(tick, tickMs);
  }

  #say(text: string): void {
    find(this.#root, "b", HTMLElement).textContent = text;
  }
}

function wordsFor(state: Exclude<ConnectionState, { status: "waiting" }>): string {
  switch (state.status) {
    case "idle":
      return "not connected";
    case "connecting":
      return state.attempt === 0 ? "connecting" : `connecting, try ${state.attempt + 1}`;
    case "connected":
      return "connected";
    case "closed":
      return `closed: ${state.reason.message}`;
  }
}
