import type { Message, Room } from "#shared/protocol/resources.ts";
import type { RoomAtRest } from "./history.ts";

const pageItems = 100;

/** Reads whole rooms with a server key, as they are now, one after the other. */
export async function readRoomsAtRest(
  api: { readonly url: string; readonly apiKey: string; readonly tenantId: string },
  roomIds: Iterable<string>,
): Promise<RoomAtRest[]> {
  const rooms: RoomAtRest[] = [];
  for (const roomId of roomIds) {
    const path = `/v1/rooms/${encodeURIComponent(roomId)}`;
    const messages: Message[] = [];
    let next: string | null = "";
    while (next !== null) {
      const before: string = next === "" ? "" : `&before=${next}`;
      const page: { items: Message[]; next: string | null } = await read(
        api,
        `${path}/messages?limit=${pageItems}${before}`,
      );
      messages.push(...page.items);
      next = page.next;
    }
    const { seq } = await read<Room>(api, path);
    rooms.push({ tenantId: api.tenantId, roomId, seq, messages: messages.reverse() });
  }
  return rooms;
}

async function read<T>({ url, apiKey }: { url: string; apiKey: string }, path: string): Promise<T> {
  const answer = await fetch(`${url}${path}`, { headers: { "x-api-key": apiKey } });
  if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}
