import { isIP } from "node:net";
import { livekitServersShape, readLiveKitServers } from "./livekit-servers.ts";

const logLevels = ["trace", "debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

const saslMechanisms = ["scram-sha-512", "scram-sha-256", "plain"] as const;

/** How the text of an option becomes a value. A reader throws an Error whose message ends the sentence "… must be". */
export const kinds = {
  string: { doc: "text", read: nonEmpty },
  secret: { doc: "a secret", read: nonEmpty },
  file: { doc: "a path", read: nonEmpty },
  port: { doc: "0–65535, 0 for any free one", read: integerBetween(0, 65_535) },
  integer: { doc: "a whole number from 1", read: integerBetween(1, Number.MAX_SAFE_INTEGER) },
  url: { doc: "an http, https, ws or wss URL", read: url },
  flag: { doc: "1 or 0", read: flag },
  list: { doc: "comma-separated", read: list },
  "cidr-list": { doc: "comma-separated CIDRs", read: cidrList },
  "seconds-list": { doc: "comma-separated seconds", read: secondsList },
  "log-level": { doc: "trace, debug, info, warn, error or silent", read: oneOf(logLevels) },
  "livekit-servers": { doc: livekitServersShape, read: readLiveKitServers },
  sasl: { doc: "scram-sha-512, scram-sha-256 or plain", read: oneOf(saslMechanisms) },
} as const;

/** Their values are shown nowhere. */
export const secretKinds: readonly Kind[] = ["secret", "livekit-servers"];

export type Kind = keyof typeof kinds;
export type KindValue<K extends Kind> = ReturnType<(typeof kinds)[K]["read"]>;

function nonEmpty(text: string): string {
  if (text.trim() === "") throw new Error("not empty");
  return text;
}

function integerBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new Error(
        max === Number.MAX_SAFE_INTEGER
          ? `a whole number from ${min}`
          : `a whole number from ${min} to ${max}`,
      );
    }
    return value;
  };
}

function url(text: string): string {
  const parsed = URL.parse(text);
  if (parsed === null || !["http:", "https:", "ws:", "wss:"].includes(parsed.protocol)) {
    throw new Error("an http, https, ws or wss URL");
  }
  return text.replace(/\/+$/, "");
}

function flag(text: string): boolean {
  if (text !== "0" && text !== "1") throw new Error("1 or 0");
  return text === "1";
}

function list(text: string): readonly string[] {
  const items = text.split(",").map((item) => item.trim());
  if (items.some((item) => item === "")) throw new Error("a comma-separated list without empty items");
  return items;
}

function cidrList(text: string): readonly string[] {
  const items = list(text);
  for (const item of items) {
    if (!isCidr(item)) throw new Error(`a list of CIDRs such as 10.0.0.0/8 (${item} is none)`);
  }
  return items;
}

function secondsList(text: string): readonly number[] {
  const seconds = list(text).map(Number);
  if (seconds.some((each) => !Number.isFinite(each) || each < 0))
    throw new Error("a list of seconds such as 0,5,300");
  return seconds;
}

function isCidr(text: string): boolean {
  const [address = "", bits = "", ...rest] = text.split("/");
  const family = isIP(address);
  return (
    rest.length === 0 && family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
  );
}

function oneOf<const T extends string>(values: readonly T[]): (text: string) => T {
  return (text) => {
    const known = values.find((value) => value === text);
    if (known === undefined) throw new Error(`one of ${values.join(", ")}`);
    return known;
  };
}
