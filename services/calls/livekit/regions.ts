import { AppError } from "#shared/errors/app-error.ts";
import type { Call } from "#shared/protocol/calls.ts";
import type { CallsConfig, LiveKitConfig } from "../config.ts";
import type { CallsMetrics } from "../metrics.ts";
import { livekitRoomOf } from "./room-name.ts";
import { LiveKitServer } from "./server.ts";
import { CallTokens } from "./tokens.ts";

/** Whose LiveKit server a call is on; null: the one of calls that name no region. */
export type Region = Call["region"];

/** A LiveKit server, and what opens its doors. */
export interface LiveKit {
  readonly region: Region;
  readonly config: LiveKitConfig;
  readonly server: LiveKitServer;
  readonly tokens: CallTokens;
}

/** The LiveKit servers of the deployment. */
export class LiveKitRegions {
  readonly all: readonly LiveKit[];

  constructor({ livekit }: CallsConfig, metrics: CallsMetrics) {
    this.all = [...livekit].map(([region, config]) => {
      const server = new LiveKitServer(config, metrics);
      return { region, config, server, tokens: new CallTokens(config, metrics) };
    });
  }

  /** null: the deployment has none there, or no more. */
  find(region: Region): LiveKit | null {
    return this.all.find((one) => one.region === region) ?? null;
  }

  /** There is a LiveKit room for the call. @throws AppError calls_disabled, livekit_unavailable. */
  async open(tenantId: string, { callId, region }: Pick<Call, "callId" | "region">): Promise<void> {
    await this.of(region).server.open(livekitRoomOf(tenantId, callId));
  }

  /** There is none, or no such server any more. @throws AppError livekit_unavailable. */
  async close(tenantId: string, { callId, region }: Pick<Call, "callId" | "region">): Promise<void> {
    await this.find(region)?.server.close(livekitRoomOf(tenantId, callId));
  }

  /** @throws AppError calls_disabled. */
  of(region: Region): LiveKit {
    const found = this.find(region);
    if (found !== null) return found;
    throw new AppError(
      "calls_disabled",
      `The deployment has no LiveKit server${region === null ? "" : ` of the region ${region}`}.`,
    );
  }
}
