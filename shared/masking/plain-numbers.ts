import type { Group } from "./digit-runs.ts";

/**
 * Takes times, dates, years, amounts, addresses of machines and the like out of a run of digits, and gives what is
 * left: each part stands by itself.
 */
export function plainNumbers(groups: readonly Group[]): Group[][] {
  const parts: Group[][] = [];
  let part: Group[] = [];
  for (let at = 0; at < groups.length; ) {
    const taken = rules.reduce((longest, rule) => Math.max(longest, rule(groups, at)), 0);
    const group = groups[at];
    if (taken === 0 && group !== undefined) {
      part.push(group);
      at++;
      continue;
    }
    if (part.length > 0) parts.push(part);
    part = [];
    at += taken;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

/** How many groups from a place on are something that is no phone number; 0: none. */
type Rule = (groups: readonly Group[], at: number) => number;

const rules: readonly Rule[] = [time, date, years, thousands, decimals, machine, postcode];

function time(groups: readonly Group[], at: number): number {
  const [hours, minutes, seconds] = groups.slice(at, at + 3);
  if (!isFigure(hours, 1, 2) || !isFigure(minutes, 2, 2) || minutes.gap !== ":") return 0;
  if (Number(hours.digits) > 24 || Number(minutes.digits) > 59 || groups[at]?.gap === ":") return 0;
  if (seconds?.gap !== ":") return 2;
  // 06:12:34:56 is no time.
  return isFigure(seconds, 2, 2) && groups[at + 3]?.gap !== ":" ? 3 : 0;
}

function date(groups: readonly Group[], at: number): number {
  const [a, b, c, d] = groups.slice(at, at + 4);
  if (a !== undefined && a.digits.length === 8 && isDateText(a.digits)) return 1;
  if (a === undefined || b === undefined || c === undefined || a.isSpelled) return 0;
  if (
    b.gap !== c.gap ||
    !["-", ".", "/", " "].includes(b.gap) ||
    (d !== undefined && d.gap === b.gap && b.gap !== " ")
  ) {
    return 0;
  }
  const isYearFirst = isYear(a) && isUpTo(b, 12) && isUpTo(c, 31);
  const isYearLast = isDayAndMonth(a, b) && (isYear(c) || (c.digits.length === 2 && b.gap !== " "));
  return isYearFirst || isYearLast ? 3 : 0;
}

function isDayAndMonth(a: Group, b: Group): boolean {
  return (isUpTo(a, 31) && isUpTo(b, 12)) || (isUpTo(a, 12) && isUpTo(b, 31));
}

function isUpTo({ digits }: Group, max: number): boolean {
  return digits.length <= 2 && Number(digits) >= 1 && Number(digits) <= max;
}

function isDateText(digits: string): boolean {
  const [y, m, d] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)].map(Number);
  const isIso = isYearNumber(y) && (m ?? 0) >= 1 && (m ?? 0) <= 12 && (d ?? 0) >= 1 && (d ?? 0) <= 31;
  const [dd, mm, yyyy] = [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4)].map(Number);
  const isEuropean =
    isYearNumber(yyyy) && (mm ?? 0) >= 1 && (mm ?? 0) <= 12 && (dd ?? 0) >= 1 && (dd ?? 0) <= 31;
  return isIso || isEuropean;
}

function isYear({ digits }: Group): boolean {
  return digits.length === 4 && isYearNumber(Number(digits));
}

function isYearNumber(year: number | undefined): boolean {
  return year !== undefined && year >= 1900 && year <= 2099;
}

/** 2019-2023, 2019 2020 2021. */
function years(groups: readonly Group[], at: number): number {
  let count = 0;
  for (let next = at; next < groups.length; next++, count++) {
    const group = groups[next];
    if (group === undefined || !isYear(group) || group.isSpelled) break;
  }
  return count >= 2 ? count : 0;
}

/** 1,250,000 and 1.250.000,50; with spaces only what ends as amounts do. */
function thousands(groups: readonly Group[], at: number): number {
  const first = groups[at];
  const gap = groups[at + 1]?.gap;
  if (!isFigure(first, 1, 3) || first.digits.startsWith("0") || gap === undefined) return 0;
  if (![",", ".", "'", "’", " "].includes(gap)) return 0;
  let count = 1;
  for (let next = groups[at + 1]; next?.gap === gap && isFigure(next, 3, 3); next = groups[at + count])
    count++;
  if (count < 2) return 0;
  const last = groups[at + count - 1];
  const decimal = groups[at + count];
  if (gap === " ") return last?.digits === "000" && decimal?.gap !== " " ? count : 0;
  // 415.555.1234 goes on.
  if (decimal?.gap === gap) return 0;
  if (gap === "." && count === 3 && !last?.digits.endsWith("00")) return 0;
  const isDecimal = decimal !== undefined && [",", "."].includes(decimal.gap) && decimal.digits.length <= 2;
  return count + (isDecimal ? 1 : 0);
}

/** 52.520008, and 12.50 or 12,5 beside another number. */
function decimals(groups: readonly Group[], at: number): number {
  const [whole, part, next] = groups.slice(at, at + 3);
  if (!isFigure(whole, 1, 3) || part === undefined || groups[at]?.gap === "." || groups[at]?.gap === ",")
    return 0;
  if (part.gap !== "." && part.gap !== ",") return 0;
  if (next !== undefined && next.gap === part.gap) return 0;
  if (part.gap === "." && part.digits.length >= 4 && !whole.digits.startsWith("0")) return 2;
  return part.digits.length <= 2 && !(whole.digits.startsWith("0") && whole.digits.length > 1) ? 2 : 0;
}

/** 192.168.10.20 */
function machine(groups: readonly Group[], at: number): number {
  const four = groups.slice(at, at + 4);
  if (four.length < 4 || groups[at + 4]?.gap === "." || groups[at]?.gap === ".") return 0;
  const isOctet = (group: Group, index: number) =>
    isFigure(group, 1, 3) &&
    Number(group.digits) <= 255 &&
    (group.digits === "0" || !group.digits.startsWith("0")) &&
    (index === 0 || group.gap === ".");
  return four.every(isOctet) ? 4 : 0;
}

/** 90210-1234 */
function postcode(groups: readonly Group[], at: number): number {
  const [zip, more] = groups.slice(at, at + 2);
  const isAlone = groups.length === 2;
  return isAlone && isFigure(zip, 5, 5) && isFigure(more, 4, 4) && more.gap === "-" ? 2 : 0;
}

function isFigure(group: Group | undefined, min: number, max: number): group is Group {
  return group !== undefined && !group.isSpelled && group.digits.length >= min && group.digits.length <= max;
}
