import { writeWire } from "./wire.ts";

await writeWire();
