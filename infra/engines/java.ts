/**
 * An engine that was started for a test or a trial lives for minutes, and would spend a fifth of two cores on making
 * its own code faster than anybody asks it to be. One that stays should have all of the compiler.
 */
export const quickToWarm = "-XX:TieredStopAtLevel=1";

/** A small heap on a small machine: the collector that works beside the program costs more than the pauses it saves. */
export const oneCollector = "-XX:-UseG1GC -XX:+UseSerialGC";
