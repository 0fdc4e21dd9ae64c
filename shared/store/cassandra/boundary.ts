import { AppError } from "#shared/errors/app-error.ts";
import { observed, type StoreObserver } from "../observer.ts";
import { unavailableFrom } from "./unavailable.ts";

/**
 * One call of the port: it ends within `msMax`, and fails as the port promises. What was begun may still come about
 * after that; rows carry their version, so it changes nothing that was written since.
 */
export async function boundary<T>(
  observer: StoreObserver | undefined,
  operation: string,
  msMax: number,
  call: () => Promise<T>,
): Promise<T> {
  return observed(observer, operation, async () => {
    const { promise: expiry, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new AppError("store_unavailable", `The store did not answer within ${msMax} ms.`)),
      msMax,
    );
    try {
      return await Promise.race([call(), expiry]);
    } catch (error) {
      throw unavailableFrom(error);
    } finally {
      clearTimeout(timer);
    }
  });
}
