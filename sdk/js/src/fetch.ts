/** What the client needs of the platform's own `fetch`. */
export type Fetch = (
  url: string,
  init: {
    /** GET where there is none. */
    readonly method?: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string | Blob;
    readonly signal: AbortSignal;
    /** It goes out though the page that asks is left. */
    readonly keepalive?: boolean;
  },
) => Promise<{ readonly ok: boolean; readonly status?: number; json(): Promise<unknown> }>;
