import type { JsonGet } from "./keep-alive.ts";
import type { Entry, Ledger } from "./ledger.ts";

/** A message as REST gives it. */
interface Stored {
  readonly id: string;
  readonly seq: number;
  readonly number: number;
  readonly senderId: string | null;
  readonly clientId: string | null;
  readonly body: string | null;
}

const pageMessages = 100;

/**
 * Compares a room's history over REST with what its clients were acknowledged and saw since the last time (I1, I3, I5),
 * and forgets what was compared, so that the memory of a long run stays bounded.
 */
export async function compareWithHistory(ledger: Ledger, get: JsonGet): Promise<string[]> {
  const found: string[] = [];
  const stored = new Map<string, Stored>();
  for (;;) {
    const query = `limit=${pageMessages}&after=${ledger.comparedNumber}`;
    const page = (await get(`/v1/rooms/${ledger.roomId}/messages?${query}`)) as { items: Stored[] };
    for (const message of page.items.toReversed()) {
      const key = message.clientId ?? message.id;
      if (message.number !== ledger.comparedNumber + 1) {
        found.push(
          `${ledger.roomId}: number ${message.number} follows ${ledger.comparedNumber} in the history`,
        );
      }
      if (stored.has(key)) found.push(`${ledger.roomId}: ${key} is in the history twice`);
      stored.set(key, message);
      ledger.comparedNumber = message.number;
    }
    if (page.items.length < pageMessages) break;
  }
  for (const entry of ledger.entries.values()) {
    const key = ledger.clientIdOf(entry.n);
    found.push(...differences(ledger, entry, stored.get(key)));
    stored.delete(key);
  }
  for (const key of stored.keys())
    found.push(`${ledger.roomId}: ${key} is in the history, and nobody sent it`);
  ledger.entries.clear();
  return found;
}

function differences(ledger: Ledger, entry: Entry, stored: Stored | undefined): string[] {
  const what = `${ledger.roomId} message ${entry.n}`;
  if (stored === undefined) {
    return entry.acked || entry.seenBy !== 0
      ? [`${what}: was acknowledged or seen, and is not in the history`]
      : [];
  }
  const same =
    (entry.id === null || stored.id === entry.id) &&
    (entry.seenBy === 0 || (stored.seq === entry.seq && stored.number === entry.number)) &&
    stored.senderId === ledger.members[entry.sender] &&
    stored.body === ledger.bodyOf(entry.n);
  return same ? [] : [`${what}: the history has it otherwise than it was seen`];
}
