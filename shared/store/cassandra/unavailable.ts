import { errors, types } from "cassandra-driver";
import { AppError } from "#shared/errors/app-error.ts";

const codes = types.responseErrorCodes;

/** Answers that say that the statement is wrong, which no repeat will mend. */
const faultsOfOurs: ReadonlySet<number> = new Set([
  codes.protocolError,
  codes.syntaxError,
  codes.unauthorized,
  codes.invalid,
  codes.configError,
  codes.alreadyExists,
  codes.functionFailure,
]);

/** What the driver threw, as what the port promises; a fault of ours is left as it is. */
export function unavailableFrom(thrown: unknown): unknown {
  if (thrown instanceof AppError || isFaultOfOurs(thrown)) return thrown;
  return new AppError("store_unavailable", undefined, { cause: thrown });
}

function isFaultOfOurs(thrown: unknown): boolean {
  if (thrown instanceof errors.ResponseError) return faultsOfOurs.has(thrown.code);
  if (thrown instanceof errors.ArgumentError) return true;
  if (thrown instanceof errors.DriverError) return false;
  // The driver passes on what sockets and name look-ups throw; those have a code.
  return !(thrown instanceof Error && "code" in thrown && thrown.code !== "ERR_ASSERTION");
}
