import { beforeAll, expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { BareClient } from "./bare-client.ts";
import { eventually, within } from "./eventually.ts";
import type { Stage } from "./stage.ts";

const revokedWithinMs = 10_000;
/** A token lasts half a minute at least, and sockets are looked at every few seconds. */
const expiryMs =
  (limits.tokenTtlSecondsMin + limits.tokenClockToleranceSeconds + limits.heartbeatSeconds / 5 + 15) * 1_000;

/**
 * Sessions whose tokens run out: they begin before all other stories, whose time passes for them too.
 *
 * @returns what becomes of them, to be told last.
 */
export function endingTokens(stage: Stage): () => void {
  const begin = async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const token = await tenant.token("ada", limits.tokenTtlSecondsMin);
    const [ending, refreshed] = [await BareClient.open(tenant.url), await BareClient.open(tenant.url)];
    await ending.connect(token);
    await refreshed.connect(await tenant.token("ada", limits.tokenTtlSecondsMin));
    const answer = await refreshed.request({ type: "token.refresh", token: await tenant.token("ada") });
    expect(answer).toEqual({ type: "ok", ref: answer.ref });
    const closed = within(expiryMs, ending.closed, "a close").catch(String);
    return { tenant, roomId, token, refreshed, closed };
  };
  let begun: Awaited<ReturnType<typeof begin>>;
  beforeAll(async () => {
    begun = await begin();
  });
  return () => {
    test("close their socket with 4006, and are refused after", { timeout: expiryMs + 20_000 }, async ({
      expect,
    }) => {
      const { tenant, token, closed } = begun;
      expect(await closed).toMatchObject({ code: 4006 });
      const late = await BareClient.open(tenant.url);
      late.sendJson({ type: "connect", token });
      expect((await within(5_000, late.closed, "a close")).code).toBe(4006);
      expect(late.frames).toMatchObject([{ type: "error", error: { code: "token_expired" } }]);
      const answer = await fetch(`${tenant.url}/v1/rooms`, { headers: { authorization: `Bearer ${token}` } });
      expect([answer.status, await answer.json()]).toMatchObject([401, { error: { code: "token_expired" } }]);
    });

    test("do no harm to a session that got another by token.refresh", { timeout: expiryMs + 20_000 }, async ({
      expect,
    }) => {
      const { tenant, roomId, refreshed, closed } = begun;
      // The other has lived past the end of the first token.
      expect(await closed).toMatchObject({ code: 4006 });
      await tenant.as("bob").post(`/v1/rooms/${roomId}/messages`, { body: "still there?" });
      await refreshed.message(roomId, "still there?");
      await refreshed.close();
    });
  };
}

export function sessions(stage: Stage): void {
  test("a refresh takes no token of another user, and no bad one, and the session lives on", async () => {
    const tenant = await stage.tenant();
    const client = await tenant.connect("ada");
    for (const [token, code] of [
      [await tenant.token("bob"), "forbidden"],
      ["not-a-token", "unauthenticated"],
      [await (await stage.tenant()).token("ada"), "forbidden"],
    ] as const) {
      expect((await client.request({ type: "token.refresh", token })).error).toMatchObject({ code });
    }
    await client.settled();
    await client.close();
  });

  test("a revocation closes the user's sockets with 4501, and its tokens are refused everywhere", async () => {
    const tenant = await stage.tenant();
    const token = await tenant.token("ada");
    const [phone, tablet] = [await BareClient.open(tenant.url), await BareClient.open(tenant.url)];
    await phone.connect(token);
    await tablet.connect(await tenant.token("ada"));
    const bob = await tenant.connect("bob");
    const revoked = await tenant.server.post("/v1/users/ada/revoke");
    expect([revoked.status, revoked.body]).toEqual([
      200,
      { userId: "ada", revokedBefore: expect.any(String) },
    ]);
    for (const client of [phone, tablet]) {
      expect((await within(revokedWithinMs, client.closed, "a close")).code).toBe(4501);
    }
    await eventually(async () => {
      const answer = await fetch(`${tenant.url}/v1/rooms`, { headers: { authorization: `Bearer ${token}` } });
      expect([answer.status, await answer.json()]).toMatchObject([401, { error: { code: "token_revoked" } }]);
    });
    const again = await BareClient.open(tenant.url);
    again.sendJson({ type: "connect", token });
    expect((await within(revokedWithinMs, again.closed, "a close")).code).toBe(4501);
    expect(again.frames).toMatchObject([{ type: "error", error: { code: "token_revoked" } }]);
    // A new token works at once, and nobody else was touched.
    const back = await tenant.connect("ada");
    await Promise.all([back.settled(), bob.settled()]);
    await Promise.all([back.close(), bob.close()]);
  });

  test("an SDK client whose tokens were revoked stops and says why; with a new token it works again", async () => {
    const tenant = await stage.tenant();
    const { client, connect } = tenant.sdk("ada");
    await connect();
    await tenant.server.post("/v1/users/ada/revoke");
    await eventually(() => expect(client.state).toMatchObject({ status: "closed", reason: { code: 4501 } }));
    await connect();
    expect(client.state.status).toBe("connected");
    client.disconnect();
  });
}
