import { expect, test } from "vitest";
import type { NewReport } from "#shared/protocol/reports.ts";
import { reportIdFor, reportMs } from "#shared/store/report-ids.ts";
import type { Subject } from "./contract.ts";

const nowMs = Date.now();
const awkward = "Ünïcödé 👩‍👧 \u0000 'quoted'";

export function reportAt(tenantId: string, ms: number, of: { messageId: string; by: string }): NewReport {
  const place = { roomId: "room_1", messageId: of.messageId };
  return {
    reportId: reportIdFor({ ms, tenantId, ...place, by: of.by }),
    ...place,
    at: new Date(ms).toISOString(),
    reason: "spam",
    note: awkward,
    reporterId: of.by,
    found: [{ kind: "phone", text: "06 12 34 56 78" }],
    message: {
      id: of.messageId,
      roomId: "room_1",
      seq: 2,
      number: 1,
      senderId: "ada",
      kind: "text",
      body: awkward,
      attachments: [],
      mentions: [],
      replyToId: null,
      threadId: null,
      thread: null,
      reactions: {},
      custom: null,
      clientId: null,
      createdAt: new Date(ms).toISOString(),
      editedAt: null,
      deletedAt: null,
    },
  };
}

const messageIdOf = (n: number) => `msg_${String(n).padStart(22, "0")}`;

export function reportContract({ store, tenant }: Subject): void {
  test("reports come newest first, page by page, whatever the time between them, and each tenant's alone", async () => {
    const [one, other] = [tenant(), tenant()];
    expect(await store().reports.list(one, { limit: 5 })).toEqual([]);
    const hours = [0, 0, 1, 5, 300, 9_000];
    const reports = hours.map((hour, n) =>
      reportAt(one, nowMs - hour * 3_600_000 - n, { messageId: messageIdOf(n), by: "bob" }),
    );
    for (const report of reports.toReversed()) await store().reports.add(one, report, "bob");
    const theirs = reportAt(other, nowMs, { messageId: messageIdOf(0), by: "bob" });
    await store().reports.add(other, theirs, "bob");
    const found: string[] = [];
    for (let before: string | undefined; ; ) {
      const page = await store().reports.list(one, { limit: 2, ...(before === undefined ? {} : { before }) });
      found.push(...page.map(({ reportId }) => reportId));
      before = page.at(-1)?.reportId;
      if (page.length === 0) break;
    }
    expect(found).toEqual(reports.map(({ reportId }) => reportId));
    const shown = { ...theirs, status: "open", resolution: null };
    expect(await store().reports.list(other, { limit: 9 })).toEqual([shown]);
    expect(await store().reports.get(other, theirs.reportId)).toEqual(shown);
    expect(await store().reports.get(one, theirs.reportId)).toBe(null);
  });

  test("one reports a message once: the first report is the one that is kept", async () => {
    const tenantId = tenant();
    const of = { messageId: messageIdOf(1), by: "bob" };
    const first = reportAt(tenantId, nowMs - 60_000, of);
    await store().reports.add(tenantId, first, of.by);
    const again = await store().reports.add(tenantId, reportAt(tenantId, nowMs, of), of.by);
    expect(again).toEqual({ ...first, status: "open", resolution: null });
    await store().reports.add(tenantId, reportAt(tenantId, nowMs, { ...of, by: "cem" }), "cem");
    expect(await store().reports.list(tenantId, { limit: 9 })).toHaveLength(2);
  });

  test("of the reports that one makes of a message at once through several nodes one is kept, and all are told of it", async () => {
    const tenantId = tenant();
    for (let n = 0; n < 5; n++) {
      const of = { messageId: messageIdOf(10 + n), by: "bob" };
      const made = await Promise.all(
        [0, 7, 3].map((ms) => store().reports.add(tenantId, reportAt(tenantId, nowMs + ms, of), of.by)),
      );
      expect(new Set(made.map(({ reportId }) => reportId)).size).toBe(1);
    }
    const kept = await store().reports.list(tenantId, { limit: 90 });
    expect(kept).toHaveLength(5);
    for (const { reportId, at } of kept) expect(Date.parse(at)).toBe(reportMs(reportId));
  });

  test("a report whose maker is forgotten is another's, with what came of it, and its maker may report anew", async () => {
    const tenantId = tenant();
    const of = { messageId: messageIdOf(20), by: "bob" };
    const report = reportAt(tenantId, nowMs, of);
    await store().reports.add(tenantId, report, "bob");
    const resolution = { at: new Date(nowMs).toISOString(), outcome: "warned", note: null };
    await store().reports.resolve(tenantId, report.reportId, resolution);
    const anonymous = { reporterId: "erased:1", note: null };
    const replaced = { ...report, ...anonymous };
    const made = { by: "bob", now: "erased:1" };
    for (const _ of [1, 2]) {
      await store().reports.replace(tenantId, report.reportId, made, (now) => ({ ...now, ...anonymous }));
    }
    expect(await store().reports.list(tenantId, { limit: 9 })).toEqual([
      { ...replaced, status: "resolved", resolution },
    ]);
    const anew = reportAt(tenantId, nowMs + 5, of);
    expect((await store().reports.add(tenantId, anew, "bob")).reportId).toBe(anew.reportId);
    await store().reports.forget(tenantId, "room_1", of.messageId);
    expect((await store().reports.list(tenantId, { limit: 9 })).map(({ message }) => message)).toEqual([
      null,
      null,
    ]);
  });

  test("what came of a report is said beside it, and the last word counts", async () => {
    const tenantId = tenant();
    const report = reportAt(tenantId, nowMs, { messageId: messageIdOf(2), by: "bob" });
    await store().reports.add(tenantId, report, "bob");
    const resolution = { at: new Date(nowMs).toISOString(), outcome: "warned", note: awkward };
    expect(await store().reports.resolve(tenantId, report.reportId, { ...resolution, note: null })).toBe(
      true,
    );
    expect(await store().reports.resolve(tenantId, report.reportId, resolution)).toBe(true);
    await store().reports.add(tenantId, report, "bob");
    const kept = { ...report, status: "resolved", resolution };
    expect(await store().reports.list(tenantId, { limit: 2 })).toEqual([kept]);
    const nothing = reportAt(tenantId, nowMs, { messageId: messageIdOf(3), by: "bob" });
    expect(await store().reports.resolve(tenantId, nothing.reportId, resolution)).toBe(false);
    expect(await store().reports.list(tenantId, { limit: 2 })).toHaveLength(1);
  });

  test("of a message that was deleted for good its reports have nothing any more", async () => {
    const [tenantId, other] = [tenant(), tenant()];
    const of = { messageId: messageIdOf(4), by: "bob" };
    const [report, next] = [
      reportAt(tenantId, nowMs, of),
      reportAt(tenantId, nowMs + 1, { ...of, by: "cem" }),
    ];
    await store().reports.add(tenantId, report, "bob");
    await store().reports.add(tenantId, next, "cem");
    await store().reports.add(other, reportAt(other, nowMs, of), "bob");
    await store().reports.forget(tenantId, "room_1", of.messageId);
    const kept = await store().reports.list(tenantId, { limit: 9 });
    expect(kept.map(({ message, found, note }) => ({ message, found, note }))).toEqual([
      { message: null, found: [], note: null },
      { message: null, found: [], note: null },
    ]);
    expect((await store().reports.list(other, { limit: 9 }))[0]?.message).not.toBe(null);
  });

  test("whoever is taken out of a report and what is forgotten of it at once both go, and none makes one anew", async () => {
    const tenantId = tenant();
    for (let n = 0; n < 8; n++) {
      const of = { messageId: messageIdOf(30 + n), by: "bob" };
      const report = reportAt(tenantId, nowMs + n, of);
      await store().reports.add(tenantId, report, "bob");
      const made = { by: "bob", now: "erased:1" };
      await Promise.all([
        store().reports.replace(tenantId, report.reportId, made, (now) => ({ ...now, reporterId: made.now })),
        store().reports.forget(tenantId, "room_1", of.messageId),
      ]);
      expect(await store().reports.get(tenantId, report.reportId)).toMatchObject({
        message: null,
        note: null,
        found: [],
        reporterId: "erased:1",
      });
    }
    const none = reportAt(tenantId, nowMs + 90, { messageId: messageIdOf(90), by: "bob" });
    await store().reports.replace(tenantId, none.reportId, { by: "bob", now: "erased:1" }, () => none);
    expect(await store().reports.get(tenantId, none.reportId)).toBe(null);
  });
}
