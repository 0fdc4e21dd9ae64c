import { isIP } from "node:net";
import type { AddressPolicy } from "./addresses.ts";
import { OutboundFailure } from "./failure.ts";

/** A URL that somebody gave us to call. */
export interface Target {
  readonly url: URL;
  /** Where the host is written as an address, it: no DNS is asked. */
  readonly address: string | null;
  /** Plain HTTP goes to addresses that the operator has named, and to no other. */
  readonly needsListed: boolean;
}

/**
 * Reads a URL and refuses what can be refused without asking DNS. Odd spellings of addresses (`0x7f000001`,
 * `2130706433`, `0177.1`, `[::ffff:127.0.0.1]`) are the same address to the parser, and so to this.
 *
 * @throws OutboundFailure target_refused, with a reason to show.
 */
export function readTarget(text: string, policy: AddressPolicy): Target {
  const url = URL.parse(text);
  if (url === null) throw refused("must be a URL");
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refused("must be an https URL");
  if (url.username !== "" || url.password !== "") throw refused("must not carry a login: use a header");
  if (url.hash !== "") throw refused("must not have a fragment");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const needsListed = url.protocol === "http:";
  if (needsListed && !policy.listsSome) throw refused("must be https");
  const address = isIP(host) === 0 ? null : host;
  if (address !== null) assertReach(address, needsListed, policy);
  return { url, address, needsListed };
}

/** @throws OutboundFailure target_refused. */
export function assertReach(address: string, needsListed: boolean, policy: AddressPolicy): void {
  const reach = policy.reach(address);
  if (reach === "refused") throw refused("must be a public address");
  if (needsListed && reach !== "listed") throw refused("must be https");
}

function refused(message: string): OutboundFailure {
  return new OutboundFailure("target_refused", message);
}
