import { policies, type types } from "cassandra-driver";

/**
 * Every statement of the store may be repeated, so a replica that was too slow or too few is asked once more, and a
 * node that does not answer is left for the next one. The driver's own policy gives a timed-out write up at once.
 */
export class RetryOnce extends policies.retry.RetryPolicy {
  override onReadTimeout(info: policies.retry.OperationInfo, consistency: types.consistencies) {
    return this.#once(info, consistency);
  }

  override onWriteTimeout(info: policies.retry.OperationInfo, consistency: types.consistencies) {
    return this.#once(info, consistency);
  }

  #once(info: policies.retry.OperationInfo, consistency: types.consistencies) {
    return info.nbRetry === 0 ? this.retryResult(consistency, false) : this.rethrowResult();
  }
}
