/** What a user wants for itself, in all rooms. */
export interface UserSettings extends Privacy {
  /** Those that it does not want to hear from, ascending. */
  readonly blocked: readonly string[];
}

export interface Privacy {
  /** Others are told what it has received and read. */
  readonly receipts: boolean;
  /** Others see whether it is there. */
  readonly presence: boolean;
}

export const defaultUserSettings: UserSettings = { receipts: true, presence: true, blocked: [] };
