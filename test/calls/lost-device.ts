import type { LiveKitAccess } from "#shared/protocol/calls.ts";
import { MediaClient } from "./media-client.ts";

/** A device in a process of its own, so that it can be lost as a telephone is whose battery is empty. */
const access = JSON.parse(process.env.LIVEKIT_ACCESS ?? "") as LiveKitAccess;
const device = await new MediaClient().join(access);
await device.speak();
process.send?.("speaks");
