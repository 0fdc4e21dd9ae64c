import type { Participant, Room } from "livekit-client";
import type { LiveKitAccess } from "#sdk/js/src/client.ts";
import { Tile } from "./tile.ts";

interface CallMediaOptions {
  readonly tiles: HTMLElement;
  readonly nameOf: (identity: string) => string;
  /** Before it connects. */
  readonly entering: (room: Room) => void;
  /** Somebody came or went, a camera or a microphone was turned on or off. */
  readonly changed: () => void;
  /** Nobody but the server or the network has ended it. */
  readonly lost: () => void;
}

/** One device in a call's media: LiveKit's room, with a tile for each who is there. */
export class CallMedia {
  readonly #options: CallMediaOptions;
  readonly #tiles = new Map<string, Tile>();
  #room: Room | null = null;
  #isOver = false;

  constructor(options: CallMediaOptions) {
    this.#options = options;
  }

  /** @throws Error when LiveKit cannot be reached, or there is no microphone or camera to be had. */
  async enter({ url, token }: LiveKitAccess, withCamera: boolean): Promise<void> {
    // Large, and of use to those alone who call.
    const { Room, RoomEvent, VideoPresets } = await import("livekit-client");
    if (this.#isOver) return;
    const room = new Room({
      // The tiles are small.
      videoCaptureDefaults: { resolution: VideoPresets.h360.resolution },
      publishDefaults: { simulcast: false },
    });
    this.#room = room;
    this.#options.entering(room);
    const drawn = [
      RoomEvent.ParticipantConnected,
      RoomEvent.ParticipantDisconnected,
      RoomEvent.TrackSubscribed,
      RoomEvent.TrackUnsubscribed,
      RoomEvent.LocalTrackPublished,
      RoomEvent.LocalTrackUnpublished,
      RoomEvent.TrackMuted,
      RoomEvent.TrackUnmuted,
    ] as const;
    for (const event of drawn) room.on(event, () => this.#draw(room));
    room.on(RoomEvent.Disconnected, () => {
      if (!this.#isOver) this.#options.lost();
    });
    await room.connect(url, token);
    this.#draw(room);
    await room.localParticipant.setMicrophoneEnabled(true);
    if (withCamera) await room.localParticipant.setCameraEnabled(true);
  }

  leave(): void {
    this.#isOver = true;
    for (const tile of this.#tiles.values()) tile.remove();
    this.#tiles.clear();
    void this.#room?.disconnect();
  }

  get isIn(): boolean {
    return this.#room?.state === "connected";
  }

  get isMuted(): boolean {
    return this.#room?.localParticipant.isMicrophoneEnabled !== true;
  }

  get hasCamera(): boolean {
    return this.#room?.localParticipant.isCameraEnabled === true;
  }

  async toggleMicrophone(): Promise<void> {
    await this.#room?.localParticipant.setMicrophoneEnabled(this.isMuted);
  }

  async toggleCamera(): Promise<void> {
    await this.#room?.localParticipant.setCameraEnabled(!this.hasCamera);
  }

  #draw(room: Room): void {
    if (this.#isOver) return;
    const there = [room.localParticipant, ...room.remoteParticipants.values()];
    const identities = new Set(there.map(({ identity }) => identity));
    for (const [identity, tile] of this.#tiles) {
      if (identities.has(identity)) continue;
      tile.remove();
      this.#tiles.delete(identity);
    }
    for (const participant of there) this.#drawOne(participant);
    this.#options.changed();
  }

  #drawOne(participant: Participant): void {
    const { identity, isLocal, isCameraEnabled, isMicrophoneEnabled } = participant;
    let tile = this.#tiles.get(identity);
    if (tile === undefined) {
      tile = new Tile(this.#options.nameOf(identity), isLocal);
      this.#tiles.set(identity, tile);
      this.#options.tiles.append(tile.root);
    }
    const trackOf = (kind: "videoTrackPublications" | "audioTrackPublications") =>
      [...participant[kind].values()].find(({ track }) => track !== undefined)?.track ?? null;
    const video = isCameraEnabled ? trackOf("videoTrackPublications") : null;
    const sound = isLocal ? null : trackOf("audioTrackPublications");
    tile.show({ video, sound }, !isMicrophoneEnabled);
  }
}
