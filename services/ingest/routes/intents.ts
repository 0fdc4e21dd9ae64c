import type { FastifyInstance } from "fastify";
import { sameSecret } from "#shared/auth/api-key.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { intentsPath, internalKeyHeader } from "#shared/intents/http.ts";
import { intentRefusal } from "#shared/intents/lanes.ts";
import { limits } from "#shared/limits.ts";
import { checker } from "#shared/protocol/checker.ts";
import { Intent, type IntentResult } from "#shared/protocol/intents.ts";

const checkIntent = checker(Intent);

/** For gateways only: not a part of the public contract, and nothing that an edge should pass on. */
export function registerIntents(
  app: FastifyInstance,
  options: { internalKey: string; take: (intents: readonly Intent[]) => Promise<IntentResult[]> },
): void {
  app.route({
    method: "POST",
    url: intentsPath,
    bodyLimit: limits.commandBatchBytesMax,
    config: { operationId: "internalIntents" },
    onRequest: async (request) => {
      const given = request.headers[internalKeyHeader];
      if (typeof given !== "string" || !sameSecret(given, options.internalKey)) {
        throw new AppError("unauthenticated", "This call is for gateways.");
      }
    },
    handler: async (request) => {
      const items = readBatch(request.body);
      if (!Array.isArray(items) || items.length > limits.commandBatchMax) {
        throw new AppError(
          "invalid_request",
          `The body must be an array of at most ${limits.commandBatchMax}.`,
        );
      }
      return answerEach(items, options.take);
    },
  });
}

/**
 * No bound on depth here: the gateway has checked each frame's text, and the batch around them nests them deeper than
 * a frame may be. Refusing it would refuse every sender in it for one of them.
 *
 * @throws AppError invalid_json
 */
function readBatch(body: unknown): unknown {
  try {
    return JSON.parse(Buffer.isBuffer(body) ? body.toString() : "");
  } catch (cause) {
    throw new AppError("invalid_json", "This is not JSON.", { cause });
  }
}

/** One bad intent is refused alone: the others in its batch are other people's. */
async function answerEach(
  items: readonly unknown[],
  take: (intents: readonly Intent[]) => Promise<IntentResult[]>,
): Promise<IntentResult[]> {
  const checked = items.map((item) => {
    try {
      return { intent: checkIntent(item) };
    } catch (error) {
      return { refusal: intentRefusal(error) };
    }
  });
  const taken = await take(checked.flatMap(({ intent }) => (intent === undefined ? [] : [intent])));
  const results = taken.values();
  return checked.map(({ refusal }) => refusal ?? (results.next().value as IntentResult));
}
