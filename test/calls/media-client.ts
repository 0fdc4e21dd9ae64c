import {
  AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  type RemoteTrack,
  Room,
  RoomEvent,
  TrackPublishOptions,
  TrackSource,
} from "@livekit/rtc-node";
import type { LiveKitAccess } from "#shared/protocol/calls.ts";

const sampleRate = 48_000;
const samplesPerFrame = sampleRate / 100;

/** A user's device in a call's media, as LiveKit's own client makes it. */
export class MediaClient {
  readonly #room = new Room();
  #sending = false;

  /** Rejects where LiveKit lets nobody in by this. */
  async join({ url, token }: LiveKitAccess): Promise<this> {
    await this.#room.connect(url, token, { autoSubscribe: true, dynacast: false });
    return this;
  }

  /** Says something that is not silence until it leaves. */
  async speak(): Promise<void> {
    const source = new AudioSource(sampleRate, 1);
    const track = LocalAudioTrack.createAudioTrack("voice", source);
    const options = new TrackPublishOptions();
    options.source = TrackSource.SOURCE_MICROPHONE;
    await this.#room.localParticipant?.publishTrack(track, options);
    this.#sending = true;
    void this.#send(source);
  }

  async #send(source: AudioSource): Promise<void> {
    let at = 0;
    while (this.#sending) {
      const frame = AudioFrame.create(sampleRate, 1, samplesPerFrame);
      for (let i = 0; i < samplesPerFrame; i++)
        frame.data[i] = 8_000 * Math.sin((at++ * 2 * Math.PI * 440) / sampleRate);
      await source.captureFrame(frame);
    }
  }

  /** Resolves with the identity of somebody else once something was heard of it. */
  async hears(): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const listen = async (track: RemoteTrack, identity: string) => {
      for await (const frame of new AudioStream(track)) {
        if (frame.data.some((sample) => Math.abs(sample) > 1_000)) return resolve(identity);
      }
    };
    this.#room.on(RoomEvent.TrackSubscribed, (track, _publication, participant) => {
      void listen(track, participant.identity);
    });
    for (const participant of this.#room.remoteParticipants.values()) {
      for (const { track } of participant.trackPublications.values()) {
        if (track != null) void listen(track as RemoteTrack, participant.identity);
      }
    }
    return await promise;
  }

  /** Resolves when LiveKit has put it out. */
  async isOut(): Promise<void> {
    if (this.#room.isConnected) {
      await new Promise<void>((resolve) => this.#room.once(RoomEvent.Disconnected, () => resolve()));
    }
    this.#sending = false;
  }

  /** Those that it sees, by identity. */
  get others(): string[] {
    return [...this.#room.remoteParticipants.values()].map(({ identity }) => identity);
  }

  async leave(): Promise<void> {
    this.#sending = false;
    await this.#room.disconnect();
  }
}
