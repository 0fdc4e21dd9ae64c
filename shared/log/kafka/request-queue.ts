import assert from "node:assert/strict";
import { createRequire } from "node:module";

/** What the fix below needs to know of kafkajs's private class. */
interface RequestQueue {
  readonly pending: readonly unknown[];
}

let fixed = false;

/**
 * kafkajs 2.2.4 sets a timer after every response, with a time that lies before 1970 unless the broker throttles us
 * (tulios/kafkajs#1751): Node 24 warns of it. A timer is of use only while requests wait in the queue.
 */
export function withoutIdleTimers(): void {
  if (fixed) return;
  const queue = createRequire(import.meta.url)("kafkajs/src/network/requestQueue/index.js");
  const { scheduleCheckPendingRequests } = queue.prototype;
  assert(typeof scheduleCheckPendingRequests === "function", "This fix is for kafkajs 2.2.4.");
  queue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
  };
  fixed = true;
}
