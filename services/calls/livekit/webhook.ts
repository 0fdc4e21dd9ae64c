import type { FastifyInstance } from "fastify";
import { WebhookReceiver } from "livekit-server-sdk";
import { LRUCache } from "lru-cache";
import { AppError } from "#shared/errors/app-error.ts";
import { answer, registerOperation } from "#shared/http/routes.ts";
import { limits } from "#shared/limits.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { LiveKitConfig } from "../config.ts";
import type { CallsMetrics } from "../metrics.ts";
import { callOfLivekitRoom } from "./room-name.ts";
import { type CallUpkeep, noSightings } from "./upkeep.ts";

/**
 * LiveKit's webhooks. What one says is only a reason to look at the call now, as they get lost, repeat and overtake each
 * other; so none can set a call wrong.
 */
export function registerLiveKitWebhook(
  app: FastifyInstance,
  livekit: { readonly config: LiveKitConfig; readonly upkeep: CallUpkeep } | null,
  metrics: CallsMetrics,
): void {
  const receiver =
    livekit === null ? null : new WebhookReceiver(livekit.config.apiKey, livekit.config.apiSecret);
  const known = new LRUCache<string, true>({ max: limits.livekitWebhookIdsMax });

  registerOperation(app, operations.takeLiveKitWebhook, {
    // It bears no credential of ours: its signature is looked at here, over the bytes as they came.
    authenticate: () => Promise.reject(new AppError("unauthenticated")),
    handle: async (_call, _caller, request) => {
      if (livekit === null || receiver === null) throw new AppError("calls_disabled");
      const body = request.body instanceof Uint8Array ? Buffer.from(request.body).toString() : "";
      const event = await receiver.receive(body, request.headers.authorization).catch((cause: unknown) => {
        metrics.webhooks.inc({ outcome: "forged" });
        throw new AppError("unauthenticated", "This is not signed by LiveKit.", { cause });
      });
      if (known.has(event.id)) {
        metrics.webhooks.inc({ outcome: "repeated" });
        return answer(204, null);
      }
      const call = callOfLivekitRoom(event.room?.name ?? "");
      if (call !== null) {
        const gone =
          event.event === "participant_left"
            ? (event.participant?.identity ?? null)
            : event.event === "room_finished"
              ? "everybody"
              : null;
        await livekit.upkeep.look(call.tenantId, call.callId, noSightings(), gone);
      }
      known.set(event.id, true);
      metrics.webhooks.inc({ outcome: "taken" });
      return answer(204, null);
    },
  });
}
