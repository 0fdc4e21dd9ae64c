import { find, fromTemplate } from "./dom.ts";

interface Command {
  readonly title: string;
  readonly text: string;
}

const copiedMs = 1_500;

function curlCommands(url: string, roomId: string): Command[] {
  const key = '-H "x-api-key: $SENDSAR_API_KEY"';
  return [
    {
      title: "The key, from the terminal where the sandbox runs",
      text: "export SENDSAR_API_KEY=sk_…",
    },
    {
      title: "A session token for a user, as your server would get it",
      text: `curl -s ${url}/v1/auth/token \\\n  ${key} \\\n  -d '{"userId":"rider","displayName":"Rosa"}'`,
    },
    {
      title: "The room: made the first time, the same every time after",
      text: `curl -s -X PUT ${url}/v1/rooms/${roomId} \\\n  ${key} \\\n  -d '{"type":"direct","members":[{"userId":"rider"},{"userId":"driver"}]}'`,
    },
    {
      title: "A message of the driver: it appears above. Run it twice: it stays one message",
      text: `curl -s ${url}/v1/rooms/${roomId}/messages \\\n  ${key} -H "x-user-id: driver" \\\n  -d '{"clientId":"from-curl-1","body":"Driver is 2 min away"}'`,
    },
    {
      title: "The history, newest first, as the rider sees it",
      text: `curl -s "${url}/v1/rooms/${roomId}/messages?limit=5" \\\n  ${key} -H "x-user-id: rider"`,
    },
    {
      title: "What a client that was away missed, by seq",
      text: `curl -s "${url}/v1/rooms/${roomId}/events?after=0&limit=5" \\\n  ${key} -H "x-user-id: rider"`,
    },
  ];
}

function clientCode(url: string, roomId: string): Command {
  return {
    title: "A client that survives its network",
    text: `import { createClient } from "@sendsar/client";

const client = createClient({ url: "${url}" });
client.on("message.created", ({ seq, senderId, body }) => {
  console.log(seq, senderId, body);
});

// Asks your server, and again before the token runs out.
await client.connect(async () => (await fetch("/chat-token")).text());

await client.send("${roomId}", { body: "On my way" });
const { items } = await client.history("${roomId}", { limit: 20 });`,
  };
}

export function showCommands(url: string, roomId: string): void {
  const list = find(document, "#command-list", HTMLElement);
  list.append(...curlCommands(url, roomId).map(commandItem));
  find(document, "#client-code", HTMLElement).append(commandItem(clientCode(url, roomId)));
}

export function commandItem({ title, text }: Command): HTMLElement {
  const item = fromTemplate("command");
  find(item, ".title", HTMLElement).textContent = title;
  const code = find(item, "code", HTMLElement);
  code.textContent = text;
  const button = find(item, ".copy", HTMLButtonElement);
  button.addEventListener("click", () => void copy(text, code, button));
  return item;
}

async function copy(text: string, code: HTMLElement, button: HTMLButtonElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    setTimeout(() => {
      button.textContent = "Copy";
    }, copiedMs);
  } catch {
    // No permission: selected, it is one key away.
    getSelection()?.selectAllChildren(code);
  }
}
