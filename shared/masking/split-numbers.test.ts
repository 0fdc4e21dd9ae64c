import { expect, test } from "vitest";
import type { MaskingRules } from "#shared/protocol/masking.ts";
import { type Screened, screenMessage } from "./screen-message.ts";
import type { OpenDigits } from "./split-numbers.ts";

const rules: MaskingRules = { find: ["phone"], action: "mask", rooms: "all", allowedHosts: [] };

/** What others see of a sender's messages. A number in place of one is that of messages by others. */
function seen(...messages: readonly (string | number)[]): (string | null)[] {
  let open: OpenDigits | null = null;
  let number = 0;
  const bodies: (string | null)[] = [];
  for (const message of messages) {
    if (typeof message === "number") {
      number += message;
      continue;
    }
    number++;
    const content = { body: message, attachments: [], custom: null };
    const screened: Screened<never> = screenMessage(content, rules, {
      number,
      mentions: [],
      before: open,
      after: null,
    });
    open = screened.open;
    bodies.push(screened.content.body);
  }
  return bodies;
}

test.each([
  [
    ["0612", "345678"],
    ["0612", "•••"],
  ],
  [
    ["061", "234", "5678"],
    ["061", "234", "•••"],
  ],
  [
    ["my number is 0612", "then 345678"],
    ["my number is 0612", "then •••"],
  ],
  [
    ["call 555", "1234"],
    ["call 555", "•••"],
  ],
  [
    ["+31 6 1", "2345678 ok?"],
    ["+31 6 1", "••• ok?"],
  ],
  [
    ["zero six one two", "three four five six seven eight"],
    ["zero six one two", "•••"],
  ],
  [
    ["4155", "550123"],
    ["4155", "•••"],
  ],
  [
    ["０６１２", "🙂 ３４５６７８ 🙂"],
    ["０６１２", "🙂 ••• 🙂"],
  ],
  [
    ["0612", "and", "345678"],
    ["0612", "and", "•••"],
  ],
  [
    ["0612", 1, "345678"],
    ["0612", "•••"],
  ],
  [
    ["0612", "345678", "345678"],
    ["0612", "•••", "•••"],
  ],
])("%j: of a number over several messages the end is not seen", (messages, expected) => {
  expect(seen(...messages)).toEqual(expected);
});

test.each([
  [["1250", "1200", "1180"]],
  [["1200", 1, "1300"]],
  [["at 10:30", "or 11:45"]],
  [["room 12", "floor 4"]],
  [["2", "3", "4"]],
  [["I pay 450 euros", "12000 km"]],
  [["see you on 12.05.2024", "at 10:30"]],
  [["order 483920", "1745"]],
  [["be there at 5", "gate 12345678"]],
  [["we are 4", "12 bags"]],
  [["0612", 5, "345678"]],
  [["12", "1945"]],
])("%j: other numbers stay as they are", (messages) => {
  expect(seen(...messages)).toEqual(messages.filter((message) => typeof message === "string"));
});
