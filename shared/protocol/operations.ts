import { auditOperations } from "./operations/audit.ts";
import { beforeSendOperations } from "./operations/before-send.ts";
import { callsOperations } from "./operations/calls.ts";
import { deadLettersOperations } from "./operations/dead-letters.ts";
import { erasuresOperations } from "./operations/erasures.ts";
import { limitsOperations } from "./operations/limits.ts";
import { mediaOperations } from "./operations/media.ts";
import { membersOperations } from "./operations/members.ts";
import { messagesOperations } from "./operations/messages.ts";
import type { Operation } from "./operations/operation.ts";
import { operatorOperations } from "./operations/operator.ts";
import { ownSettingsOperations } from "./operations/own-settings.ts";
import { pinsOperations } from "./operations/pins.ts";
import { reactionsOperations } from "./operations/reactions.ts";
import { receiptsOperations } from "./operations/receipts.ts";
import { reportsOperations } from "./operations/reports.ts";
import { roomsOperations } from "./operations/rooms.ts";
import { sessionsOperations } from "./operations/sessions.ts";
import { usersOperations } from "./operations/users.ts";
import { webhooksOperations } from "./operations/webhooks.ts";

/** The table of all calls. Ids are the names of the entries. */
export const operations = {
  ...auditOperations,
  ...beforeSendOperations,
  ...reportsOperations,
  ...sessionsOperations,
  ...usersOperations,
  ...erasuresOperations,
  ...roomsOperations,
  ...membersOperations,
  ...messagesOperations,
  ...pinsOperations,
  ...reactionsOperations,
  ...receiptsOperations,
  ...mediaOperations,
  ...callsOperations,
  ...webhooksOperations,
  ...ownSettingsOperations,
  ...limitsOperations,
  ...operatorOperations,
  ...deadLettersOperations,
} as const;

export const operationList: readonly Operation[] = Object.values(operations);
