import type { Call, CallAnswer, CallPost, Room, SendsarClient } from "#sdk/js/src/client.ts";
import { CallMedia } from "./call-media.ts";
import { find } from "./dom.ts";

type Action = "accept" | "decline" | "join" | "microphone" | "camera" | "leave";

/** How a call stands for this side. elsewhere: the user is in it, this page is not, as after a reload. */
type Standing = "none" | "incoming" | "outgoing" | "in" | "elsewhere";

const actionsOf: Readonly<Record<Standing, readonly Action[]>> = {
  none: [],
  incoming: ["accept", "decline"],
  outgoing: ["microphone", "camera", "leave"],
  in: ["microphone", "camera", "leave"],
  elsewhere: ["join", "leave"],
};

interface CallPanelOptions {
  readonly root: HTMLElement;
  readonly client: SendsarClient;
  readonly roomId: string;
  readonly userId: string;
  readonly nameOf: (userId: string) => string;
  /** null: there is no LiveKit to call by, and this says so. */
  readonly whyNot: (() => void) | null;
}

const tickMs = 1_000;

/** One side of its room's calls: begins them, rings, and shows who is in. What there is to show, the client knows. */
export class CallPanel {
  readonly #options: CallPanelOptions;
  readonly #panel: HTMLElement;
  readonly #status: HTMLElement;
  /** Where this page is in. Its call as it was on entering serves until an event says more. */
  #media: { readonly call: Call; readonly of: CallMedia } | null = null;
  #isAsking = false;
  #problem = "";

  constructor(options: CallPanelOptions) {
    this.#options = options;
    const { root, client } = options;
    this.#panel = find(root, ".call", HTMLElement);
    this.#status = find(this.#panel, ".call-status", HTMLElement);
    for (const button of root.querySelectorAll<HTMLButtonElement>("[data-start]")) {
      const kind = button.dataset.start as CallPost["kind"];
      button.addEventListener("click", () => (options.whyNot ?? (() => this.#start(kind)))());
    }
    for (const button of this.#buttons) {
      button.addEventListener("click", () => this.#act(button.dataset.action as Action));
    }
    client.on("call.ended", ({ callId }) => {
      if (callId === this.#media?.call.callId) this.#hangUp();
    });
    client.on("connected", () => {
      if (this.#room?.call?.callId !== this.#media?.call.callId) this.#hangUp();
      this.#show();
    });
    client.on("*", ({ type }) => {
      if (type.startsWith("call.")) this.#show();
    });
    setInterval(() => this.#tick(), tickMs);
  }

  get #buttons(): NodeListOf<HTMLButtonElement> {
    return this.#panel.querySelectorAll<HTMLButtonElement>("[data-action]");
  }

  get #room(): Room | undefined {
    return this.#options.client.rooms.get(this.#options.roomId);
  }

  get #call(): Call | null {
    return this.#room?.call ?? this.#media?.call ?? null;
  }

  #standing(): Standing {
    const call = this.#call;
    const own = call?.participants.find(({ userId }) => userId === this.#options.userId)?.state;
    if (own === "ringing") return "incoming";
    if (own !== "joined") return "none";
    if (this.#media === null) return "elsewhere";
    return call?.state === "ringing" ? "outgoing" : "in";
  }

  #start(kind: CallPost["kind"]): void {
    const { client, roomId } = this.#options;
    void this.#ask(async () => await this.#enter(await client.calls.start(roomId, { kind })));
  }

  #act(action: Action): void {
    const { calls } = this.#options.client;
    const call = this.#call;
    if (call === null) return;
    const { callId } = call;
    const acts: Readonly<Record<Action, () => Promise<unknown>>> = {
      accept: async () => await this.#enter(await calls.accept(callId)),
      join: async () => await this.#enter(await calls.token(callId)),
      decline: () => calls.decline(callId),
      microphone: async () => await this.#media?.of.toggleMicrophone(),
      camera: async () => await this.#media?.of.toggleCamera(),
      leave: () => {
        this.#hangUp();
        return call.state === "ringing" ? calls.cancel(callId) : calls.leave(callId);
      },
    };
    void this.#ask(acts[action]);
  }

  async #ask(ask: () => Promise<unknown>): Promise<void> {
    this.#problem = "";
    this.#isAsking = true;
    this.#show();
    try {
      await ask();
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
    }
    this.#isAsking = false;
    this.#show();
  }

  async #enter({ call, livekit }: CallAnswer): Promise<void> {
    this.#hangUp();
    if (livekit === null) return;
    const { nameOf, client } = this.#options;
    const of = new CallMedia({
      tiles: find(this.#panel, ".tiles", HTMLElement),
      nameOf: (identity) => {
        const user = this.#call?.participants.find((one) => one.identity === identity)?.userId;
        return user === undefined ? "Somebody" : nameOf(user);
      },
      entering: (room) => client.calls.measure(call.callId, room),
      changed: () => this.#show(),
      lost: () => {
        this.#hangUp();
        this.#show();
      },
    });
    this.#media = { call, of };
    this.#show();
    try {
      await of.enter(livekit, call.kind === "video");
    } catch (error) {
      // Whoever has left meanwhile does not want to know.
      if (this.#media?.of !== of) return;
      // Without a microphone one still hears.
      if (!of.isIn) this.#hangUp();
      throw error;
    }
  }

  #hangUp(): void {
    this.#media?.of.leave();
    this.#media = null;
  }

  #show(): void {
    const standing = this.#standing();
    this.#panel.hidden = standing === "none" && this.#problem === "";
    this.#panel.dataset.standing = standing;
    for (const button of this.#buttons) {
      const action = button.dataset.action as Action;
      const hasNoCamera = action === "camera" && this.#call?.kind !== "video";
      button.hidden = hasNoCamera || !actionsOf[standing].includes(action);
      button.disabled = this.#isAsking && action !== "leave";
      if (action === "microphone") button.textContent = this.#media?.of.isMuted ? "Unmute" : "Mute";
      if (action === "camera") button.textContent = this.#media?.of.hasCamera ? "Camera off" : "Camera on";
    }
    for (const button of this.#options.root.querySelectorAll<HTMLButtonElement>("[data-start]")) {
      button.disabled = this.#isAsking || this.#call !== null;
    }
    this.#tick();
  }

  #tick(): void {
    if (this.#panel.hidden) return;
    this.#status.textContent = this.#problem === "" ? this.#words() : this.#problem;
    this.#status.classList.toggle("problem", this.#problem !== "");
  }

  #words(): string {
    const call = this.#call;
    const { nameOf, userId } = this.#options;
    const kind = call?.kind === "video" ? "Video call" : "Voice call";
    const others = call?.participants.filter((one) => one.userId !== userId) ?? [];
    const names = others.map((one) => nameOf(one.userId)).join(", ");
    switch (this.#standing()) {
      case "incoming":
        return `${kind} from ${nameOf(call?.startedBy ?? "")}`;
      case "outgoing":
        return `Calling ${names} …`;
      case "in":
        return `${kind}, ${lengthOf(call?.answeredAt ?? null)}`;
      case "elsewhere":
        return this.#isAsking ? "Connecting …" : `${kind}, not on this page`;
      case "none":
        return "";
    }
  }
}

function lengthOf(since: string | null): string {
  const seconds = since === null ? 0 : Math.max(0, Math.floor((Date.now() - Date.parse(since)) / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
