import type { MemberSettings } from "#shared/store/store.ts";

const wantsNothing: MemberSettings = { receipts: true, muted: false, blocked: [] };

/** As a row keeps them: most members want nothing, and have none. */
export function memberSettings(wanted: Partial<MemberSettings>): MemberSettings | null {
  const settings = { ...wantsNothing, ...wanted };
  return settings.receipts && !settings.muted && settings.blocked.length === 0 ? null : settings;
}

export function settingsOf({ settings }: { readonly settings: MemberSettings | null }): MemberSettings {
  return settings ?? wantsNothing;
}
