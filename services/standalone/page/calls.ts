import { commandItem } from "./commands.ts";
import { find } from "./dom.ts";

const commands = [
  { title: "In a terminal of its own; it prints three lines", text: "npm run livekit" },
  {
    title: "Where the sandbox runs: paste the three lines, start it again, and reload this page",
    text: "export SENDSAR_LIVEKIT_URL=…\nexport SENDSAR_LIVEKIT_API_KEY=…\nexport SENDSAR_LIVEKIT_API_SECRET=…\nnpm start",
  },
];

/**
 * Says how to call, or what is missing for it.
 *
 * @returns brings that into view.
 */
export function showCalls(isPossible: boolean): () => void {
  const section = find(document, "#calls", HTMLElement);
  find(section, ".possible", HTMLElement).hidden = !isPossible;
  find(section, ".impossible", HTMLElement).hidden = isPossible;
  if (!isPossible) find(section, "ol", HTMLElement).append(...commands.map(commandItem));
  return () => section.scrollIntoView({ behavior: "smooth", block: "center" });
}
