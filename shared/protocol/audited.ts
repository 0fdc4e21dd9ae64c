import type { operations } from "./operations.ts";

type Fields = Readonly<Record<string, unknown>>;

interface AuditRule {
  /** What of the body is kept: never a secret, never what people say. */
  readonly details: (body: Fields) => Fields;
  /** Names of fields of the answer that say what was made. */
  readonly made?: readonly string[];
  /** A call that does not change access is not kept. */
  readonly if?: (body: Fields) => boolean;
}

const membersKept = 100;
/** By them a room closes to its members later, without another call. */
const times = ["freezeAt", "closeAt"] as const;

/** The calls that change who may do what, and what the audit log keeps of each. A test holds it against all calls. */
export const audited: Readonly<Partial<Record<keyof typeof operations, AuditRule>>> = {
  putTenant: { details: only("name", "settings") },
  createKey: { details: only("description"), made: ["keyId"] },
  revokeUser: { details: only() },
  eraseUser: { details: only() },
  putRoom: {
    details: (body) => {
      const members = body.members as readonly { userId: string; role?: string }[];
      const kept = members.slice(0, membersKept).map(({ userId, role = null }) => ({ userId, role }));
      return { ...only("type", ...times)(body), members: kept, memberCount: members.length };
    },
  },
  patchRoom: {
    details: only("state", ...times),
    if: (body) => ["state", ...times].some((name) => body[name] !== undefined),
  },
  closeRooms: { details: only("roomIds") },
  putMember: { details: only("role") },
  removeMember: { details: only() },
  deleteRoom: { details: only() },
  // What a URL and headers have may be a secret.
  createWebhookEndpoint: { details: only("events", "roomPattern", "enabled"), made: ["endpointId"] },
  updateWebhookEndpoint: {
    details: (body) => ({ ...only("events", "roomPattern", "enabled")(body), fields: Object.keys(body) }),
  },
  rotateWebhookSecret: { details: only() },
  putBeforeSend: { details: only("timeoutMs", "onFailure") },
  rotateBeforeSendSecret: { details: only() },
  deleteBeforeSend: { details: only() },
  deleteWebhookEndpoint: { details: only() },
  revokeKey: { details: only() },
};

function only(...names: readonly string[]): (body: Fields) => Fields {
  return (body) =>
    Object.fromEntries(names.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])));
}
