/**
 * How many copies, where: `3` (in the local data centre) or `eu:3,us:3`.
 *
 * @throws Error when it is neither.
 */
export function parseReplication(text: string, localDataCenter: string): Record<string, number> {
  if (/^[1-9]$/.test(text)) return { [localDataCenter]: Number(text) };
  const copies: Record<string, number> = {};
  for (const part of text.split(",")) {
    const [, dataCenter, factor] = /^([\w-]+):([1-9])$/.exec(part) ?? [];
    if (dataCenter === undefined || dataCenter in copies) {
      throw new Error(`\`${text}\` is no replication: give 3, or eu:3,us:3.`);
    }
    copies[dataCenter] = Number(factor);
  }
  return copies;
}
