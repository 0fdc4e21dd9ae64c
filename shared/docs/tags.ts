/** How the calls are grouped, in the order in which a newcomer needs them. The first whose pattern fits is taken. */
const tags = [
  { name: "Sessions", pattern: /^\/(v1\/auth|\.well-known)/, description: "Tokens for your users' clients." },
  {
    name: "Reports",
    pattern: /^\/v1\/(reports|rooms\/\{roomId\}\/messages\/\{messageId\}\/reports)/,
    description: "What people report of what others say.",
  },
  { name: "Messages", pattern: /^\/v1\/rooms\/\{roomId\}\/messages/, description: "What is said in a room." },
  {
    name: "Members",
    pattern: /^\/v1\/rooms\/\{roomId\}\/members/,
    description: "Who is in a room, and as what.",
  },
  { name: "Calls", pattern: /^\/v1\/((rooms\/\{roomId\}\/)?calls|livekit)/, description: "Voice and video." },
  {
    name: "Markers and signals",
    pattern: /^\/v1\/(rooms\/\{roomId\}\/(read|delivered|unread|typing|mute)|unread)/,
    description: "What was read and delivered, and who is typing.",
  },
  { name: "Events", pattern: /^\/v1\/rooms\/\{roomId\}\/events/, description: "Catching up over REST." },
  { name: "Rooms", pattern: /^\/v1\/rooms/, description: "Conversations, tied to your business objects." },
  {
    name: "Users",
    pattern: /^\/v1\/(users|erasures|presence|privacy|blocks)/,
    description: "Your users, as rooms show them.",
  },
  { name: "Media", pattern: /^\/v1\/media/, description: "Files that messages name." },
  {
    name: "Webhooks",
    pattern: /^\/v1\/(webhooks|before-send)/,
    description: "Events, delivered to your server.",
  },
  { name: "Your limits", pattern: /^\/v1\/limits/, description: "What holds for your tenant." },
  { name: "Audit", pattern: /^\/v1\/audit/, description: "Who changed what others may do." },
  { name: "Operator", pattern: /^\/admin\//, description: "Tenants, their API keys, and dead letters." },
] as const;

const shownOrder = [
  "Sessions",
  "Users",
  "Rooms",
  "Members",
  "Messages",
  "Markers and signals",
  "Events",
  "Media",
  "Calls",
  "Webhooks",
  "Reports",
  "Your limits",
  "Audit",
  "Operator",
];

/** @throws Error where no group takes the path: a new area of the API needs one. */
export function tagOf(path: string): string {
  const tag = tags.find(({ pattern }) => pattern.test(path));
  if (tag === undefined) throw new Error(`No group of calls takes ${path}: add one.`);
  return tag.name;
}

/** The groups that are in use. */
export function tagsOf(paths: readonly string[]): { name: string; description: string }[] {
  const used = new Set(paths.map(tagOf));
  return tags
    .filter(({ name }) => used.has(name))
    .sort((a, b) => shownOrder.indexOf(a.name) - shownOrder.indexOf(b.name))
    .map(({ name, description }) => ({ name, description }));
}
