import { limits } from "#shared/limits.ts";
import type { ShownMember } from "#shared/protocol/resources.ts";
import { isShown, memberResource, profileOf } from "#shared/store/shown.ts";
import type { MemberRow, Store } from "#shared/store/store.ts";
import type { Reader } from "./access.ts";

/** A page of a room's members as a reader sees them, by id: without the observers among them. */
export async function readShownMembers(
  store: Pick<Store, "readMembers">,
  { tenantId, userId }: Reader,
  roomId: string,
  page: { readonly after?: string; readonly limit: number },
): Promise<MemberRow[]> {
  const shown: MemberRow[] = [];
  let after = page.after;
  while (shown.length < page.limit) {
    const limit = Math.min(page.limit - shown.length, limits.pageItemsMax + 1);
    const rows = await store.readMembers(tenantId, roomId, {
      ...(after === undefined ? {} : { after }),
      limit,
    });
    shown.push(...rows.filter((row) => isShown(row, userId)));
    after = rows.at(-1)?.userId;
    if (rows.length < limit) break;
  }
  return shown;
}

/** With the profiles of their users, which belong to no room. */
export function withProfiles(
  store: Pick<Store, "getUser">,
  tenantId: string,
  rows: readonly MemberRow[],
): Promise<ShownMember[]> {
  return Promise.all(
    rows.map(async (row) => {
      const user = await store.getUser(tenantId, row.userId);
      return { ...memberResource(row), profile: user === null ? null : profileOf(user) };
    }),
  );
}
