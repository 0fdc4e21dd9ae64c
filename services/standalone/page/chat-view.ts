import type { Message } from "#sdk/js/src/client.ts";
import { appendBounded, element, isAtEnd, scrollToEnd } from "./dom.ts";

/** Messages kept on the page; older ones are in the history. */
const messagesMax = 200;

type Shown = Pick<Message, "senderId" | "kind" | "body" | "number" | "clientId" | "attachments">;

/** One side's view of the room: what is there, and what is on its way. */
export class ChatView {
  readonly #list: HTMLElement;
  readonly #userId: string;
  readonly #picturesOf: (attachments: Message["attachments"]) => HTMLElement[];
  readonly #byNumber = new Map<number, HTMLElement>();
  readonly #pending = new Map<string, HTMLElement>();
  #othersRead = 0;

  constructor(
    list: HTMLElement,
    userId: string,
    picturesOf: (attachments: Message["attachments"]) => HTMLElement[],
  ) {
    this.#list = list;
    this.#userId = userId;
    this.#picturesOf = picturesOf;
    new ResizeObserver(() => scrollToEnd(list)).observe(list);
  }

  /** Starts again from a page of history, newest first; what is on its way stays. */
  reset(messages: readonly Message[]): void {
    this.#byNumber.clear();
    const pending = [...this.#pending.values()];
    this.#list.replaceChildren();
    for (const message of [...messages].reverse()) this.show(message);
    this.#list.append(...pending);
    scrollToEnd(this.#list);
  }

  show(message: Shown): void {
    if (this.#byNumber.has(message.number)) return;
    if (message.clientId !== null) this.settle(message.clientId);
    const pictures = this.#picturesOf(message.attachments);
    const body = message.body ?? (pictures.length > 0 ? "" : "deleted");
    const item = this.#item(body, this.#classOf(message), pictures);
    this.#byNumber.set(message.number, item);
    appendBounded(this.#list, item, messagesMax);
    const following = isAtEnd(this.#list);
    this.#list.append(...this.#pending.values());
    if (following) scrollToEnd(this.#list);
    this.#noteRead();
  }

  /** A message that has not been answered for yet. */
  expect(clientId: string, body: string): void {
    const item = this.#item(body, "message mine pending");
    this.#pending.set(clientId, item);
    this.#list.append(item);
    scrollToEnd(this.#list);
  }

  note(clientId: string, text: string): void {
    const note = this.#pending.get(clientId)?.lastElementChild;
    if (note) note.textContent = text;
  }

  noteAll(text: string): void {
    for (const clientId of this.#pending.keys()) this.note(clientId, text);
  }

  fail(clientId: string, text: string): void {
    this.note(clientId, text);
    const item = this.#pending.get(clientId);
    item?.classList.replace("pending", "failed");
    this.#pending.delete(clientId);
  }

  settle(clientId: string): void {
    this.#pending.get(clientId)?.remove();
    this.#pending.delete(clientId);
  }

  /** The other side has read up to here. */
  read(number: number): void {
    this.#othersRead = Math.max(this.#othersRead, number);
    this.#noteRead();
  }

  #classOf({ senderId, kind }: Shown): string {
    if (kind === "system") return "message system";
    return senderId === this.#userId ? "message mine" : "message";
  }

  #item(body: string, className: string, pictures: readonly HTMLElement[] = []): HTMLElement {
    const item = element("li", className);
    const text = body === "" ? [] : [element("div", "body", body)];
    item.append(...pictures, ...text, element("span", "note"));
    return item;
  }

  #noteRead(): void {
    let newest = 0;
    for (const [number, item] of this.#byNumber) {
      const note = item.lastElementChild;
      if (note) note.textContent = "";
      if (item.classList.contains("mine") && number <= this.#othersRead) newest = Math.max(newest, number);
    }
    const note = this.#byNumber.get(newest)?.lastElementChild;
    if (note) note.textContent = "Read";
  }
}
