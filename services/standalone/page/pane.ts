import {
  type ConnectionState,
  createClient,
  type MessageContent,
  newClientId,
  type SendsarClient,
  SendsarError,
} from "#sdk/js/src/client.ts";
import type { ConnectedFrame } from "#sdk/js/src/wire.ts";
import { CallPanel } from "./call-panel.ts";
import { ChatView } from "./chat-view.ts";
import { find, fromTemplate } from "./dom.ts";
import { EventLog } from "./event-log.ts";
import { gistOf } from "./gist.ts";
import { Network } from "./network.ts";
import { PeerLine } from "./peer-line.ts";
import { showPictures } from "./pictures.ts";
import { getSession, type SandboxSession } from "./session.ts";
import { StateBadge } from "./state-badge.ts";

export interface Person {
  readonly userId: string;
  readonly role: string;
}

/** Who is on the other side. */
export type Peer = Pick<SandboxSession, "userId" | "displayName">;

/** One person at one device: a client of its own, on a network of its own. */
export class Pane {
  readonly root = fromTemplate("pane");
  readonly #person: Person;
  readonly #roomId: string;
  readonly #network = new Network();
  readonly #client: SendsarClient;
  readonly #chat: ChatView;
  readonly #log: EventLog;
  readonly #badge: StateBadge;
  readonly #peer: Peer;
  readonly #peerLine: PeerLine;
  /** The room's seq at the last handshake: events up to it were missed, and come with the resume. */
  #headSeq = 0;
  #wasConnected = false;

  /** @param explainCalls where there is no LiveKit to call by. */
  constructor(person: Person, session: SandboxSession, peer: Peer, explainCalls: () => void) {
    this.#person = person;
    this.#peer = peer;
    this.#roomId = session.roomId;
    this.#client = createClient({ url: location.origin, webSocket: this.#network.webSocket });
    this.#chat = new ChatView(find(this.root, ".chat", HTMLElement), person.userId, (attachments) =>
      showPictures(this.#client, attachments),
    );
    this.#log = new EventLog(find(this.root, ".log", HTMLElement));
    this.#badge = new StateBadge(find(this.root, ".state", HTMLElement));
    this.#peerLine = new PeerLine(find(this.root, ".peer", HTMLElement), peer.displayName);
    new CallPanel({
      root: this.root,
      client: this.#client,
      roomId: session.roomId,
      userId: person.userId,
      nameOf: (userId) => (userId === person.userId ? session : peer).displayName,
      whyNot: session.calls ? null : explainCalls,
    });
    this.#present(session.displayName);
    this.#listen();
    this.#takeInput();
  }

  async start(): Promise<void> {
    await this.#client.connect(async () => (await getSession(this.#person.userId)).token);
    const [presence] = await this.#client.watchPresence([this.#peer.userId]);
    this.#peerLine.stands(presence ?? null);
  }

  #present(displayName: string): void {
    this.root.id = this.#person.userId;
    find(this.root, ".avatar", HTMLElement).textContent = displayName.slice(0, 1);
    find(this.root, ".name", HTMLElement).textContent = displayName;
    find(this.root, ".role", HTMLElement).textContent = `${this.#person.role} · ${this.#person.userId}`;
    const input = find(this.root, "input[name=body]", HTMLInputElement);
    input.placeholder = `Write as ${displayName}`;
    input.setAttribute("aria-label", input.placeholder);
    this.#showNetwork();
  }

  #listen(): void {
    const client = this.#client;
    client.on("*", (event) => {
      const seq = "seq" in event ? event.seq : undefined;
      const missed = seq !== undefined && seq <= this.#headSeq;
      const alarm = event.type === "room.gap" || event.type === "message.rejected";
      const kind = alarm ? "alarm" : missed ? "missed" : "event";
      this.#log.add({ type: event.type, ...(seq && { seq }), gist: gistOf(event), kind, content: event });
      // The cursor moves when all handlers have had the event.
      queueMicrotask(() => this.#showFacts());
    });
    client.on("connected", (frame) => this.#connected(frame));
    client.on("state", ({ state }) => this.#state(state));
    client.on("message.created", (event) => {
      if (event.roomId !== this.#roomId) return;
      this.#chat.show(event);
      this.#read(event.number);
    });
    client.on("receipt.read", (event) => {
      if (event.roomId === this.#roomId && event.userId !== this.#person.userId)
        this.#chat.read(event.number);
    });
    client.on("typing.started", () => this.#peerLine.types(true));
    client.on("typing.stopped", () => this.#peerLine.types(false));
    client.on("presence.changed", (event) => this.#peerLine.stands(event));
    client.on("room.gap", () => void this.#loadHistory());
    document.addEventListener("visibilitychange", () => this.#read(this.#room?.number ?? 0));
  }

  get #room() {
    return this.#client.rooms.get(this.#roomId);
  }

  #connected(frame: ConnectedFrame): void {
    const room = frame.rooms.find(({ roomId }) => roomId === this.#roomId);
    const firstTime = this.#headSeq === 0;
    this.#headSeq = room?.seq ?? 0;
    const missed = this.#headSeq - (this.#client.resumeState[this.#roomId] ?? this.#headSeq);
    const gist = `room at seq ${this.#headSeq}, ${missed} missed, ${room?.unread ?? 0} unread`;
    this.#log.add({ type: "connected", gist, kind: "own", content: frame });
    if (firstTime) void this.#loadHistory();
    this.#showFacts();
  }

  #state(state: ConnectionState): void {
    this.#badge.show(state);
    if (state.status === "waiting") {
      const type = this.#wasConnected ? "connection lost" : "attempt failed";
      const gist = this.#network.isCut ? "no network" : state.reason.message;
      this.#log.add({ type, gist, kind: "own", content: state });
    }
    this.#wasConnected = state.status === "connected";
    // Without a network nobody knows how the other side stands.
    this.#peerLine.stands(this.#wasConnected ? (this.#client.presence.get(this.#peer.userId) ?? null) : null);
    this.#chat.noteAll(state.status === "connected" ? "sending" : "waits for the network");
    this.#showFacts();
  }

  async #loadHistory(): Promise<void> {
    try {
      const { items } = await this.#client.history(this.#roomId, { limit: 50 });
      this.#chat.reset(items);
      this.#read(items[0]?.number ?? 0);
    } catch (error) {
      const content =
        error instanceof SendsarError ? { code: error.code, message: error.message } : String(error);
      this.#log.add({ type: "history failed", gist: "", kind: "alarm", content });
    }
  }

  #takeInput(): void {
    const form = find(this.root, ".composer", HTMLFormElement);
    const input = find(form, "input[name=body]", HTMLInputElement);
    const file = find(form, "input.file", HTMLInputElement);
    form.addEventListener("submit", (submit) => {
      submit.preventDefault();
      const body = input.value.trim();
      input.value = "";
      if (body) void this.#send({ body });
    });
    file.addEventListener("change", () => {
      const picture = file.files?.[0];
      file.value = "";
      if (picture !== undefined) void this.#sendPicture(picture);
    });
    input.addEventListener("input", () => {
      if (input.value.trim()) this.#client.typing.start(this.#roomId);
      else this.#client.typing.stop(this.#roomId);
    });
    find(this.root, ".clear", HTMLButtonElement).addEventListener("click", () => this.#log.clear());
    find(this.root, ".network", HTMLButtonElement).addEventListener("click", () => this.#toggleNetwork());
  }

  async #sendPicture(picture: File): Promise<void> {
    try {
      const { mediaId } = await this.#client.media.upload(picture);
      await this.#send({ attachments: [{ type: "image", mediaId }] });
    } catch (error) {
      const gist = error instanceof SendsarError ? error.message : String(error);
      this.#log.add({
        type: "upload failed",
        gist,
        kind: "alarm",
        content: { fileName: picture.name, gist },
      });
    }
  }

  async #send(content: MessageContent): Promise<void> {
    const clientId = newClientId();
    this.#chat.expect(clientId, content.body ?? "A picture");
    const connected = this.#client.state.status === "connected";
    this.#chat.note(clientId, connected ? "sending" : "waits for the network");
    const sent = this.#client.send(this.#roomId, { ...content, clientId });
    this.#showFacts();
    try {
      await sent;
      this.#chat.note(clientId, "sent");
    } catch (error) {
      this.#chat.fail(clientId, error instanceof SendsarError ? error.code : String(error));
    }
    this.#showFacts();
  }

  #read(number: number): void {
    if (number === 0 || document.visibilityState !== "visible") return;
    if (this.#network.isCut || number <= (this.#room?.readNumber ?? 0)) return;
    void this.#client.markRead(this.#roomId, number).catch(() => {});
  }

  #toggleNetwork(): void {
    if (this.#network.isCut) {
      this.#network.restore();
      this.#client.retryNow();
    } else {
      this.#network.cut();
    }
    this.#showNetwork();
    this.#badge.show(this.#client.state);
  }

  #showNetwork(): void {
    const { isCut } = this.#network;
    this.root.dataset.network = isCut ? "cut" : "up";
    find(this.root, ".network", HTMLButtonElement).textContent = isCut ? "Restore network" : "Cut network";
  }

  #showFacts(): void {
    const facts = [
      `seq ${this.#client.resumeState[this.#roomId] ?? "–"}`,
      `unread ${this.#room?.unread ?? "–"}`,
      `unsent ${this.#client.unsent}`,
    ];
    find(this.root, ".facts", HTMLElement).textContent = facts.join("  ·  ");
  }
}
