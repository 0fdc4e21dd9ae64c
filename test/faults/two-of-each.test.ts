import { deaths } from "./deaths.ts";
import { handOvers } from "./hand-overs.ts";
import { shareRig } from "./rig.ts";
import { rollingRestart } from "./rolling-restart.ts";

const rig = shareRig();
deaths(rig);
handOvers(rig);
rollingRestart(rig);
