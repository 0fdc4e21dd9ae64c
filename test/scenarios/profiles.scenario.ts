import { expect, test } from "vitest";
import type { ShownMember } from "#shared/protocol/resources.ts";
import type { Stage } from "./stage.ts";
import type { ConnectedClient } from "./tenant.ts";

const told = ({ frames }: ConnectedClient) => frames.filter(({ type }) => type === "user.updated");

/** What users are called, as others see it. */
export function profiles(stage: Stage): void {
  test("a profile that changes is told once in each open room that is shared, and in no other", async () => {
    const tenant = await stage.tenant();
    await tenant.server.put("/v1/users/bob", { displayName: "Bob", custom: { plate: "B AC 1024" } });
    const [pair, group] = [await tenant.room(["ada", "bob"]), await tenant.room(["ada", "bob"], "group")];
    const closed = await tenant.room(["eve", "bob"]);
    await tenant.server.patch(`/v1/rooms/${closed}`, { state: "closed" });
    const [ada, bob, eve] = [
      await tenant.connect("ada"),
      await tenant.connect("bob"),
      await tenant.connect("eve"),
    ];
    for (const client of [ada, bob, eve]) client.frames.length = 0;

    const avatarUrl = "https://acme.example/bob.png";
    await tenant.server.put("/v1/users/bob", { displayName: "Robert", avatarUrl });
    for (const client of [ada, bob]) {
      for (const roomId of [pair, group]) {
        const event = await client.next((frame) => frame.type === "user.updated" && frame.roomId === roomId);
        const custom = { plate: "B AC 1024" };
        expect(event).toMatchObject({ userId: "bob", displayName: "Robert", avatarUrl, custom });
        expect(event).not.toHaveProperty("seq");
      }
    }
    // The token exchange says it as well, and what is known already is no news.
    for (const displayName of ["Robert", "Bobby", "Bobby"]) {
      await tenant.server.post("/v1/auth/token", { userId: "bob", displayName });
    }
    await tenant.server.put("/v1/users/bob", { displayName: "Bobby" });
    await ada.next((frame) => frame.type === "user.updated" && frame.displayName === "Bobby");
    for (const roomId of [pair, group]) {
      await bob.send(roomId, "last", "last");
      await ada.message(roomId, "last");
    }
    const names = told(ada).map(({ roomId, displayName }) => `${roomId} ${displayName}`);
    expect(names.toSorted()).toEqual(
      [pair, group].flatMap((roomId) => [`${roomId} Bobby`, `${roomId} Robert`]).toSorted(),
    );
    await eve.settled();
    expect(told(eve)).toEqual([]);

    const members = await tenant.as("ada").get<{ items: ShownMember[] }>(`/v1/rooms/${pair}/members`);
    expect(members.body.items.map(({ profile }) => profile?.displayName)).toEqual(["ada", "Bobby"]);
    const one = await tenant.as("ada").get<ShownMember>(`/v1/rooms/${pair}/members/bob`);
    expect(one.body.profile).toEqual({ displayName: "Bobby", avatarUrl, custom: { plate: "B AC 1024" } });
    await Promise.all([ada, bob, eve].map((client) => client.close()));
  });

  test("an observer's profile is told to nobody but itself", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    await tenant.server.put(`/v1/rooms/${roomId}/members/staff`, { role: "observer" });
    const { client: support, connect } = tenant.sdk("staff");
    const heard: string[] = [];
    support.on("user.updated", ({ displayName }) => void heard.push(String(displayName)));
    await connect();
    const ada = await tenant.connect("ada");
    await tenant.server.put("/v1/users/staff", { displayName: "Sam of support" });
    await expect.poll(() => heard).toContain("Sam of support");
    await tenant.as("bob").post(`/v1/rooms/${roomId}/messages`, { body: "anybody?" });
    await ada.message(roomId, "anybody?");
    expect(JSON.stringify(ada.frames)).not.toContain("Sam of support");
    support.disconnect();
    await ada.close();
  });
}
