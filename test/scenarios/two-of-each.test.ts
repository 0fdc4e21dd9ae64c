import { playScenarios } from "./scenarios.ts";
import { shareDeployment } from "./stage.ts";

playScenarios(shareDeployment("2+2+2"));
