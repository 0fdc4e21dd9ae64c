import { deaths } from "./deaths.ts";
import { handOvers } from "./hand-overs.ts";
import { shareRig } from "./rig.ts";

const rig = shareRig();
deaths(rig);
handOvers(rig);
