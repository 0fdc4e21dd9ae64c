import type { FastifyInstance } from "fastify";
import { type WebhookEvent, WebhookReceiver } from "livekit-server-sdk";
import { LRUCache } from "lru-cache";
import { AppError } from "#shared/errors/app-error.ts";
import { answer, registerOperation } from "#shared/http/routes.ts";
import { limits } from "#shared/limits.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { CallsMetrics } from "../metrics.ts";
import type { LiveKitRegions, Region } from "./regions.ts";
import { callOfLivekitRoom } from "./room-name.ts";
import { isReplaced, recordedOf, wasLost } from "./server.ts";
import { type CallUpkeep, noSightings, type Said } from "./upkeep.ts";

interface WebhookDeps {
  readonly regions: LiveKitRegions;
  readonly upkeep: CallUpkeep;
  readonly metrics: CallsMetrics;
}

/** A key of LiveKit servers, and the regions whose servers have it. */
interface Signer {
  readonly receiver: WebhookReceiver;
  readonly by: readonly Region[];
}

/**
 * LiveKit's webhooks. What one says is only a reason to look at the call now, as they get lost, repeat and overtake each
 * other; so none can set a call wrong.
 */
export function registerLiveKitWebhook(
  app: FastifyInstance,
  { regions, upkeep, metrics }: WebhookDeps,
): void {
  const signers = signersOf(regions);
  const known = new LRUCache<string, true>({ max: limits.livekitWebhookIdsMax });

  registerOperation(app, operations.takeLiveKitWebhook, {
    // It bears no credential of ours: its signature is looked at here, over the bytes as they came.
    authenticate: () => Promise.reject(new AppError("unauthenticated")),
    handle: async (_call, _caller, request) => {
      if (signers.length === 0) throw new AppError("calls_disabled");
      const body = request.body instanceof Uint8Array ? Buffer.from(request.body).toString() : "";
      const { event, by } = await signed(signers, body, request.headers.authorization).catch(
        (cause: unknown) => {
          metrics.webhooks.inc({ outcome: "forged" });
          throw new AppError("unauthenticated", "This is not signed by LiveKit.", { cause });
        },
      );
      if (known.has(event.id)) {
        metrics.webhooks.inc({ outcome: "repeated" });
        return answer(204, null);
      }
      const { egressInfo } = event;
      const isRecorded = event.event === "egress_ended" && egressInfo !== undefined;
      const recorded = isRecorded ? recordedOf(egressInfo) : null;
      const call = callOfLivekitRoom(recorded?.name ?? event.room?.name ?? "");
      if (call !== null) {
        const gone = goneBy(event);
        // Why a whole room is over is not said: it may have been closed.
        const isLost = event.participant !== undefined && wasLost(event.participant);
        await upkeep.look(call.tenantId, call.callId, noSightings(), { gone, isLost, recorded, by });
      }
      known.set(event.id, true);
      metrics.webhooks.inc({ outcome: "taken" });
      return answer(204, null);
    },
  });
}

/** Who is not there any more. Whose next connection has taken the place of this one is there, if not in this moment. */
function goneBy({ event, participant }: WebhookEvent): Said["gone"] {
  if (event === "room_finished") return "everybody";
  if (event !== "participant_left" || participant === undefined) return null;
  return isReplaced(participant) ? null : participant.identity;
}

function signersOf({ all }: LiveKitRegions): Signer[] {
  const byKey = Map.groupBy(all, ({ config: { apiKey, apiSecret } }) => JSON.stringify([apiKey, apiSecret]));
  return [...byKey.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { apiKey, apiSecret } = first.config;
    return [{ receiver: new WebhookReceiver(apiKey, apiSecret), by: same.map(({ region }) => region) }];
  });
}

/** Rejects where it bears the signature of none of them. */
async function signed(signers: readonly Signer[], body: string, signature: string | undefined) {
  return await Promise.any(
    signers.map(async ({ receiver, by }) => ({ event: await receiver.receive(body, signature), by })),
  );
}
