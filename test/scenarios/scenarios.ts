import { describe } from "vitest";
import { appliedLater } from "./applied-later.scenario.ts";
import { archive } from "./archive.scenario.ts";
import { audit } from "./audit.scenario.ts";
import { badBodies } from "./bad-bodies.scenario.ts";
import { badCredentials } from "./bad-credentials.scenario.ts";
import { badFrames } from "./bad-frames.scenario.ts";
import { badRequests } from "./bad-requests.scenario.ts";
import { beforeSend } from "./before-send.scenario.ts";
import { blocks } from "./blocks.scenario.ts";
import { calls } from "./calls.scenario.ts";
import { callsByClient } from "./calls-client.scenario.ts";
import { delivery } from "./delivery.scenario.ts";
import { derivedEvents } from "./derived-events.scenario.ts";
import { erasure } from "./erasure.scenario.ts";
import { exports } from "./export.scenario.ts";
import { hardDelete } from "./hard-delete.scenario.ts";
import { isolation } from "./isolation.scenario.ts";
import { lifecycle } from "./lifecycle.scenario.ts";
import { rateLimits } from "./limits.scenario.ts";
import { logs } from "./logs.scenario.ts";
import { masking } from "./masking.scenario.ts";
import { media } from "./media.scenario.ts";
import { messageChanges } from "./message-changes.scenario.ts";
import { ownSettings } from "./own-settings.scenario.ts";
import { paging } from "./paging.scenario.ts";
import { pins } from "./pins.scenario.ts";
import { presence } from "./presence.scenario.ts";
import { productPage } from "./product-page.scenario.ts";
import { profiles } from "./profiles.scenario.ts";
import { reactions } from "./reactions.scenario.ts";
import { readonlyMembers } from "./readonly.scenario.ts";
import { receipts } from "./receipts.scenario.ts";
import { repeats } from "./repeats.scenario.ts";
import { replies } from "./replies.scenario.ts";
import { reports } from "./reports.scenario.ts";
import { resume } from "./resume.scenario.ts";
import { retention } from "./retention.scenario.ts";
import { observers, roles } from "./roles.scenario.ts";
import { endingTokens, sessions } from "./sessions.scenario.ts";
import type { Stage } from "./stage.ts";
import { tenantSettings } from "./tenant-settings.scenario.ts";
import { text } from "./text.scenario.ts";
import { timers } from "./timers.scenario.ts";
import { typingSignals } from "./typing.scenario.ts";
import { unread } from "./unread.scenario.ts";
import { unreadRulesHold } from "./unread-rules.scenario.ts";
import { webhookBatches } from "./webhook-batch.scenario.ts";
import { webhookDelivery } from "./webhook-delivery.scenario.ts";
import { webhookEndpoints } from "./webhook-endpoints.scenario.ts";
import { webhookLog } from "./webhook-log.scenario.ts";

/** Every story that leaves its deployment as it was. */
const scenarios = {
  "product page": productPage,
  delivery,
  unread,
  "unread, rule by rule": unreadRulesHold,
  receipts,
  "a user's own settings": ownSettings,
  profiles,
  blocks,
  paging,
  repeats,
  "message changes": messageChanges,
  "messages deleted for good": hardDelete,
  "users that are forgotten": erasure,
  retention,
  masking,
  "asked before": beforeSend,
  reports,
  replies,
  "pinned messages": pins,
  media,
  reactions,
  "a room's life": lifecycle,
  roles,
  observers,
  archive,
  calls,
  "calls by the client": callsByClient,
  resume,
  text,
  "webhook endpoints": webhookEndpoints,
  "webhook delivery": webhookDelivery,
  "webhook log": webhookLog,
  "webhook batches": webhookBatches,
  isolation,
  "readonly members": readonlyMembers,
  export: exports,
  "limits of a tenant": rateLimits,
  "audit log": audit,
  "tenant settings": tenantSettings,
  "bad credentials": badCredentials,
  "bad bodies": badBodies,
  "bad requests": badRequests,
  "bad frames": badFrames,
  logs,
};

/** Stories that mostly wait for time to pass: each has tenants of its own, so all of them wait at once. */
const waiting = {
  sessions,
  typing: typingSignals,
  presence,
  "rooms that end by themselves": timers,
  "derived events": derivedEvents,
};

export function playScenarios(stage: Stage): void {
  const tokensThatRunOut = endingTokens(stage);
  if (stage.kind !== "standalone") describe("applied later", () => appliedLater(stage));
  for (const [title, scenario] of Object.entries(scenarios)) describe(title, () => scenario(stage));
  describe.concurrent("while time passes", () => {
    for (const [title, scenario] of Object.entries(waiting)) describe(title, () => scenario(stage));
    describe("tokens that run out", tokensThatRunOut);
  });
}
