import { showCalls } from "./calls.ts";
import { showCommands } from "./commands.ts";
import { find } from "./dom.ts";
import { Pane, type Person } from "./pane.ts";
import { getSession } from "./session.ts";
import { WebhookView } from "./webhooks.ts";

const people: readonly Person[] = [
  { userId: "rider", role: "Rider" },
  { userId: "driver", role: "Driver" },
];

async function open(): Promise<void> {
  const sessions = await Promise.all(people.map(({ userId }) => getSession(userId)));
  const [{ roomId = "", calls = false } = {}] = sessions;
  showCommands(location.origin, roomId);
  const explainCalls = showCalls(calls);
  const panes = people.flatMap((person, index) => {
    const [session, peer] = [sessions[index], sessions[people.length - 1 - index]];
    return session && peer && isShown(person) ? [new Pane(person, session, peer, explainCalls)] : [];
  });
  find(document, "#panes", HTMLElement).append(...panes.map(({ root }) => root));
  await Promise.all([...panes.map((pane) => pane.start()), new WebhookView().start()]);
}

/** `/?as=rider` shows that side alone: two windows are two devices. */
function isShown({ userId }: Person): boolean {
  const wanted = new URLSearchParams(location.search).get("as");
  return wanted === userId || people.every((person) => person.userId !== wanted);
}

try {
  await open();
} catch (error) {
  const trouble = find(document, "#trouble", HTMLElement);
  trouble.textContent = error instanceof Error ? error.message : String(error);
  trouble.hidden = false;
}
