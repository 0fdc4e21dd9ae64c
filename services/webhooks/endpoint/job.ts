/** One delivery that somebody has in memory. */
export interface Job {
  readonly deliveryId: string;
  /** When its event happened. */
  readonly createdMs: number;
  /** The delivery that must be over first. */
  readonly previousId: string | null;
  /** False once its partition is somebody else's. */
  readonly isOurs: () => boolean;
  /** It leaves memory without a try, as it is not ours any more. */
  readonly drop: () => void;
  /** Makes one try. Never rejects. */
  readonly run: () => Promise<JobEnd>;
  /** Gives it back to the store, to be due then. */
  readonly putOff: (untilMs: number) => void;
}

export interface JobEnd {
  /** It will not be tried again. */
  readonly over: boolean;
  /** When it is due again, else. */
  readonly nextMs: number;
  /** It keeps its place until then, and those that wait for it keep theirs. */
  readonly stays: boolean;
  /** null: no call was made. */
  readonly call: { readonly ok: boolean; readonly latencyMs: number; readonly pauseMs: number } | null;
}
