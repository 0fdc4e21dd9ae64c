/** What an inbox can want to be told of: a room, a user's own channel, or whether a user is there. */
export interface Channel {
  readonly tenantId: string;
  readonly channel: "room" | "user" | "presence";
  readonly id: string;
}

export const roomChannel = (tenantId: string, id: string): Channel => ({ tenantId, channel: "room", id });
export const userChannel = (tenantId: string, id: string): Channel => ({ tenantId, channel: "user", id });
export const presenceChannel = (tenantId: string, id: string): Channel => ({
  tenantId,
  channel: "presence",
  id,
});

/** No id holds a slash or a blank, so the parts of these keys cannot run into each other. */
export function channelKey({ tenantId, channel, id }: Channel): string {
  return `${tenantId}/${channel}:${id}`;
}

/** The key of an inbox's interest in `interest`: what a tombstone ends. */
export function interestKey(channel: Channel, inbox: string): string {
  return `${channelKey(channel)} ${inbox}`;
}

export function splitInterestKey(key: string): { channel: string; inbox: string } {
  const [channel = "", inbox = ""] = key.split(" ");
  return { channel, inbox };
}

const heartbeatPrefix = "heartbeat ";

/** The key of an inbox's sign of life, one per partition of `interest`. */
export function heartbeatKey(inbox: string): string {
  return `${heartbeatPrefix}${inbox}`;
}

export function isHeartbeatKey(key: string): boolean {
  return key.startsWith(heartbeatPrefix);
}
