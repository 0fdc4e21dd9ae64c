import type { Bounds } from "./bounds.ts";
import type { Clock } from "./clock.ts";
import type { Fetch } from "./fetch.ts";
import type { ResumeState } from "./resume.ts";
import type { SocketConstructor } from "./socket.ts";
import type { Message, MessageContent } from "./wire.ts";

export interface ClientOptions {
  /** Of the API: `https://chat.example.com`. */
  readonly url: string;
  /** Where an earlier client stood: its `resumeState`, kept by the application. */
  readonly resume?: ResumeState;
  readonly bounds?: Partial<Bounds>;
  /** Told of what handlers throw. By default it is thrown again, outside, as an uncaught error. */
  readonly onHandlerError?: (error: unknown) => void;
  readonly webSocket?: SocketConstructor;
  readonly fetch?: Fetch;
  readonly clock?: Clock;
  /** In [0, 1), for jitter. */
  readonly random?: () => number;
}

export type SendContent = MessageContent & { readonly clientId?: string };

export interface HistoryQuery {
  /** Messages with a lower `number`. */
  readonly before?: number;
  /** Messages with a higher `number`. */
  readonly after?: number;
  /** 1 to 100. */
  readonly limit?: number;
}

export interface HistoryPage {
  /** Newest first. */
  readonly items: readonly Message[];
  readonly next: string | null;
}
