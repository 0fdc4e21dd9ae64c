import { AccessToken, TrackSource } from "livekit-server-sdk";
import { limits } from "#shared/limits.ts";
import type { Call, LiveKitAccess } from "#shared/protocol/calls.ts";
import { callIdentityOf } from "#shared/protocol/ids.ts";
import type { LiveKitConfig } from "../config.ts";
import type { CallsMetrics } from "../metrics.ts";
import { livekitRoomOf } from "./room-name.ts";

/** Who is let into a call's media. */
export interface CallGuest {
  readonly tenantId: string;
  readonly userId: string;
  /** An observer is seen and heard by nobody. */
  readonly isObserver: boolean;
}

/** What each kind of call lets be sent. */
const sources: Readonly<Record<Call["kind"], readonly TrackSource[]>> = {
  audio: [TrackSource.MICROPHONE],
  video: [
    TrackSource.MICROPHONE,
    TrackSource.CAMERA,
    TrackSource.SCREEN_SHARE,
    TrackSource.SCREEN_SHARE_AUDIO,
  ],
};

/** Makes tokens for LiveKit: for one user, one call and a few minutes, with no more than the call needs. */
export class CallTokens {
  readonly #config: LiveKitConfig;
  readonly #metrics: CallsMetrics;

  constructor(config: LiveKitConfig, metrics: CallsMetrics) {
    this.#config = config;
    this.#metrics = metrics;
  }

  async accessTo(
    { callId, kind }: Call,
    { tenantId, userId, isObserver }: CallGuest,
  ): Promise<LiveKitAccess> {
    const stop = this.#metrics.tokenSeconds.startTimer();
    const { url, apiKey, apiSecret } = this.#config;
    const token = new AccessToken(apiKey, apiSecret, {
      identity: callIdentityOf(tenantId, userId),
      ttl: limits.callTokenSeconds,
    });
    token.addGrant({
      room: livekitRoomOf(tenantId, callId),
      roomJoin: true,
      canSubscribe: true,
      canPublish: !isObserver,
      canPublishSources: isObserver ? [] : [...sources[kind]],
      canPublishData: false,
      canUpdateOwnMetadata: false,
      hidden: isObserver,
    });
    const access = { url, token: await token.toJwt() };
    stop();
    return access;
  }
}
