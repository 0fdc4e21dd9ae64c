import { expect, test } from "vitest";
import { capabilityNames, refusalOf, standingOf } from "./capabilities.ts";

const roles = ["owner", "member", "readonly", "observer"] as const;
const types = ["direct", "group"] as const;
const states = ["open", "frozen", "closed"] as const;

const places = roles.flatMap((role) =>
  types.flatMap((type) => states.map((state) => ({ role, type, state }) as const)),
);

test("a reader is told that it may do exactly what it would not be refused", () => {
  for (const place of places) {
    const refused = capabilityNames.filter((name) => refusalOf(name, place) !== null);
    expect([...standingOf(place).capabilities, ...refused].sort()).toEqual([...capabilityNames].sort());
  }
});

test("only owners and members write, and only in open rooms", () => {
  for (const place of places) {
    const may = (place.role === "owner" || place.role === "member") && place.state === "open";
    for (const name of ["message.send", "typing.start"] as const) {
      expect(refusalOf(name, place) === null, JSON.stringify(place)).toBe(may);
    }
  }
});

test("who may not write is told whether it is for the role or for the room", () => {
  const send = (role: (typeof roles)[number], state: (typeof states)[number]) =>
    refusalOf("message.send", { role, state, type: "group" });
  expect(send("readonly", "closed")).toBe("read_only");
  expect(send("observer", "open")).toBe("read_only");
  expect(send("member", "frozen")).toBe("room_frozen");
  expect(send("owner", "closed")).toBe("room_closed");
});

test("nobody but an owner changes a group, and nobody the two of a direct room", () => {
  for (const place of places) {
    const { role, type } = place;
    expect(refusalOf("room.update", place)).toBe(role === "owner" ? null : "forbidden");
    for (const name of ["member.add", "member.remove"] as const) {
      const refusal = type === "direct" ? "room_conflict" : null;
      expect(refusalOf(name, place), JSON.stringify(place)).toBe(role === "owner" ? refusal : "forbidden");
    }
  }
});

test("of a place there is one standing, so that sessions share it", () => {
  for (const place of places) expect(standingOf({ ...place })).toBe(standingOf(place));
});
