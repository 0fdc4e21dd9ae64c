import type { FastifyInstance } from "fastify";
import type { DeadLetterBox } from "#shared/dead-letters/dead-letter-box.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { answer, type RouteContext, registerOperation } from "#shared/http/routes.ts";
import { limits } from "#shared/limits.ts";
import { operations } from "#shared/protocol/operations.ts";

export function registerDeadLetters(app: FastifyInstance, context: RouteContext, box: DeadLetterBox): void {
  registerOperation(app, operations.listDeadLetters, {
    ...context,
    handle: async ({ query: { limit = limits.pageItemsDefault, cursor } }) => {
      const before = cursor === undefined ? {} : { before: placeOf(cursor) };
      const { items, next } = await box.list({ ...before, limit });
      return answer(200, { items, next: next === null ? null : String(next) });
    },
  });

  registerOperation(app, operations.getDeadLetter, {
    ...context,
    handle: async ({ params: { deadLetterId } }) => {
      const { letter, value, text } = await box.find(deadLetterId);
      return answer(200, { ...letter, value, text });
    },
  });

  registerOperation(app, operations.replayDeadLetter, {
    ...context,
    handle: async ({ params: { deadLetterId } }) => answer(200, await box.replay(deadLetterId)),
  });
}

function placeOf(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new AppError("invalid_request", undefined, {
    details: [{ path: "/cursor", message: "is not of this list" }],
  });
}
