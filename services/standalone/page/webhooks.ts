import { find } from "./dom.ts";
import { EventLog } from "./event-log.ts";

interface ReceivedCall {
  readonly n: number;
  readonly id: string | null;
  readonly attempt: string | null;
  readonly signature: string;
  readonly status: number;
  readonly event: { readonly type: string; readonly seq?: number } | null;
}

const pollMs = 1_000;

/** The deliveries to the receiver that comes with the page, as they come. */
export class WebhookView {
  readonly #log = new EventLog(find(document, "#webhook-log", HTMLElement));
  readonly #facts = find(document, "#webhook-facts", HTMLElement);
  readonly #button = find(document, "#webhook-failing", HTMLButtonElement);
  #failing = false;
  #shown = 0;

  async start(): Promise<void> {
    this.#button.addEventListener("click", () => void this.#set({ failing: !this.#failing }).catch(() => {}));
    await this.#set({});
    void this.#follow();
  }

  async #set(change: { failing?: boolean }): Promise<void> {
    const answer = await fetch("/sandbox/receiver", { method: "POST", body: JSON.stringify(change) });
    if (!answer.ok) throw new Error(`the sandbox has no receiver (${answer.status})`);
    const { endpointId, failing } = (await answer.json()) as { endpointId: string; failing: boolean };
    this.#failing = failing;
    this.#facts.textContent = failing ? `${endpointId}, answers 500` : endpointId;
    this.#button.textContent = failing ? "Let it succeed" : "Let it fail";
  }

  async #follow(): Promise<void> {
    for (;;) {
      // A sandbox that is started again is there later.
      await this.#read().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  async #read(): Promise<void> {
    const answer = await fetch("/sandbox/receiver");
    const { items } = (await answer.json()) as { items: readonly ReceivedCall[] };
    // One that was started again counts anew.
    if ((items.at(-1)?.n ?? 0) < this.#shown) {
      this.#shown = 0;
      await this.#set({});
    }
    for (const call of items) if (call.n > this.#shown) this.#show(call);
  }

  #show(call: ReceivedCall): void {
    const { n, id, attempt, signature, status, event } = call;
    this.#shown = n;
    this.#log.add({
      type: event?.type ?? "not for us",
      ...(event?.seq === undefined ? {} : { seq: event.seq }),
      gist: `signature ${signature}, answered ${status}, try ${attempt}, ${id}`,
      kind: status === 204 ? "event" : "alarm",
      content: event,
    });
  }
}
