import { AppError } from "#shared/errors/app-error.ts";

/** Whatever Kafka or kafkajs has to complain of, callers can only come again. */
export async function orLogUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("log_unavailable", undefined, { cause: error });
  }
}
