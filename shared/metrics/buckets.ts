/** Seconds. Around the 7 ms of a typical answer fine, towards the timeouts coarse. */
export const latencyBuckets = [
  0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
