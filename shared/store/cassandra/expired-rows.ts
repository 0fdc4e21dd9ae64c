import type { Expired, RoomWrite } from "../store.ts";
import { versionOf } from "../version.ts";
import { bucketOf, integersBetween, spanOf } from "./buckets.ts";
import type { RowWrite } from "./room-rows.ts";

const deleteIndex = `DELETE FROM message_index USING TIMESTAMP ?
  WHERE tenant_id = ? AND room_id = ? AND span = ? AND message_id = ?`;
const deleteThread = `DELETE FROM thread_messages USING TIMESTAMP ?
  WHERE tenant_id = ? AND room_id = ? AND root_id = ? AND number = ?`;
const deleteNumbered = ["messages", "message_versions"].map(
  (table) => `DELETE FROM ${table} USING TIMESTAMP ?
    WHERE tenant_id = ? AND room_id = ? AND bucket = ? AND number <= ?`,
);
const deleteEvents = `DELETE FROM events USING TIMESTAMP ?
  WHERE tenant_id = ? AND room_id = ? AND bucket = ? AND seq <= ?`;

/**
 * Messages that go are first found by their ids no more, which nobody knows once the head has let go of them: where the
 * head does not come about the same command is applied again.
 */
export function* unlistedRows({
  tenantId,
  epoch,
  head: { roomId },
  expired,
}: RoomWrite): Generator<RowWrite> {
  for (const { messageId, number, threadId, position } of expired) {
    const version = versionOf(epoch, position);
    const span = spanOf(number);
    const params = [version, tenantId, roomId, span, messageId];
    yield { partition: `history ${span}`, query: deleteIndex, params };
    if (threadId === null) continue;
    const thread = [version, tenantId, roomId, threadId, number];
    yield { partition: `thread ${threadId}`, query: deleteThread, params: thread };
  }
}

/**
 * Then what the head does not count any more goes: after it, and again when the room is loaded while that is its newest
 * write, as a node may have died in between.
 */
export function* expiredRows(
  { tenantId, roomId }: { readonly tenantId: string; readonly roomId: string },
  { number, seq, after }: Expired,
  version: number,
): Generator<RowWrite> {
  const partOf = (bucket: number) => [version, tenantId, roomId, bucket];
  for (const bucket of integersBetween(bucketOf(after.number + 1), bucketOf(number))) {
    for (const query of deleteNumbered) {
      yield { partition: `history ${bucket}`, query, params: [...partOf(bucket), number] };
    }
  }
  for (const bucket of integersBetween(bucketOf(after.seq + 1), bucketOf(seq))) {
    yield { partition: `history ${bucket}`, query: deleteEvents, params: [...partOf(bucket), seq] };
  }
}
