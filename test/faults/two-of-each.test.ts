import { deaths } from "./deaths.ts";
import { handOvers } from "./hand-overs.ts";
import { presenceDeaths } from "./presence-deaths.ts";
import { returningCrowd } from "./returning-crowd.ts";
import { shareRig } from "./rig.ts";
import { rollingRestart } from "./rolling-restart.ts";

const rig = shareRig();
returningCrowd(rig);
presenceDeaths(rig);
deaths(rig);
handOvers(rig);
rollingRestart(rig);
