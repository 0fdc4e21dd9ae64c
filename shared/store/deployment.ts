/** What must never change in a deployment. */
export interface Deployment {
  readonly epoch: number;
  readonly partitions: number;
  /** Which log the positions of heads and rows are of: its identity and the prefix of the topics. */
  readonly log: string;
}
