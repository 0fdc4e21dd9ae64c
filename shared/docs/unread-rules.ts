/**
 * What counts as unread for a member, rule by rule. The documents show this table, and a scenario plays each of its
 * lines on every deployment.
 */
export const unreadRules = [
  { id: "others", what: "A message of another member", effect: "counts until it is read" },
  { id: "custom", what: "A message of kind `custom`", effect: "counts like one of kind `text`" },
  { id: "own", what: "A message of one's own, from whatever device", effect: "never counts" },
  { id: "system", what: "A message of kind `system`", effect: "never counts" },
  { id: "silent", what: "A message that is `silent`", effect: "never counts" },
  { id: "blocked", what: "A message of one whom the user blocks", effect: "never counts" },
  { id: "unblocked", what: "Blocking a user no more", effect: "counts again what it said since the marker" },
  { id: "before", what: "What was said before a member was let in", effect: "never counts" },
  { id: "reading", what: "Reading up to a message", effect: "what is up to it counts no more" },
  { id: "beyond", what: "Reading beyond the newest message", effect: "reads all there is" },
  { id: "backwards", what: "Reading up to a message before the marker", effect: "changes nothing" },
  { id: "sending", what: "Sending a message", effect: "reads all before it" },
  { id: "delivery", what: "Delivery", effect: "changes no count" },
  {
    id: "unread",
    what: "Marking as unread from a message on",
    effect: "counts again what counts of it and after it, for the user alone",
  },
  {
    id: "unreadTwice",
    what: "Marking as unread what is unread already",
    effect: "changes nothing",
  },
  {
    id: "unreadThenRead",
    what: "Reading after marking as unread",
    effect: "counts no more what is up to there",
  },
  { id: "expired", what: "A message that is older than the tenant keeps it", effect: "counts no more" },
  { id: "muted", what: "A muted room", effect: "counts as ever, and is no part of the total" },
  { id: "closed", what: "A closed room", effect: "is no part of the total" },
] as const;

export type UnreadRuleId = (typeof unreadRules)[number]["id"];
