import type { Caller } from "#shared/auth/caller.ts";
import { type Clock, rfc3339 } from "#shared/clock.ts";
import type { Audit, Ended } from "#shared/http/routes.ts";
import { audited } from "#shared/protocol/audited.ts";
import type { Operation } from "#shared/protocol/operations/operation.ts";
import type { Logger } from "#shared/service/logger.ts";
import { newAuditId } from "#shared/store/audit-ids.ts";
import type { AuditOutcome, AuditStore } from "#shared/store/audit-store.ts";

interface AuditTrailDeps {
  readonly store: AuditStore;
  readonly clock: Clock;
  readonly logger: Pick<Logger, "warn">;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Keeps what operators and servers ask for that changes access. An entry is there before the change is made, so a crash
 * leaves none out, and a store that takes none refuses the change. How it ended follows.
 */
export class AuditTrail implements Audit {
  readonly #deps: AuditTrailDeps;
  #lastMs = 0;

  constructor(deps: AuditTrailDeps) {
    this.#deps = deps;
  }

  /** What people's own clients do in their rooms, the rooms' events say. */
  async begin(
    operation: Operation,
    call: { readonly params: unknown; readonly body: unknown },
    caller: Caller | null,
    requestId: string,
  ): Promise<((ended: Ended) => Promise<void>) | null> {
    const rule = audited[operation.id as keyof typeof audited];
    if (rule === undefined || caller === null || caller.kind === "client") return null;
    const body = (call.body ?? {}) as Fields;
    if (rule.if?.(body) === false) return null;
    const { tenantId: named, ...target } = call.params as Readonly<Record<string, string>>;
    const tenantId = caller.kind === "server" ? caller.tenantId : named;
    if (tenantId === undefined) return null;
    const { store, clock, logger } = this.#deps;
    // Of two calls, one after the other, the ids are in that order.
    this.#lastMs = Math.max(clock.nowMs(), this.#lastMs + 1);
    const atMs = this.#lastMs;
    const auditId = newAuditId(atMs);
    const actor =
      caller.kind === "server"
        ? { kind: caller.kind, keyId: caller.keyId, userId: caller.userId }
        : { kind: caller.kind, keyId: null, userId: null };
    await store.append(tenantId, {
      auditId,
      at: rfc3339(atMs),
      actor,
      action: operation.id,
      target,
      details: { ...rule.details(body) },
      requestId,
    });
    return async ({ status, code, body: answer }) => {
      const fields = (answer ?? {}) as Fields;
      const made = (rule.made ?? []).flatMap((name) =>
        typeof fields[name] === "string" ? [[name, fields[name]] as const] : [],
      );
      const outcome: AuditOutcome = { status, code, made: Object.fromEntries(made) };
      // It has happened: whoever asked is told so, and the entry goes on saying that its end is not known.
      await store.conclude(tenantId, auditId, outcome).catch((err: unknown) => {
        logger.warn({ err, auditId }, "could not say in the audit log how a call ended");
      });
    };
  }
}
