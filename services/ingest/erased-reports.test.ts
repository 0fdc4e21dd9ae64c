import { expect, test } from "vitest";
import { reportAt } from "#test/contracts/store/report-contract.ts";
import { MemoryReports } from "#test/sim/engines/memory-reports.ts";
import { eraseFromReports } from "./erased-reports.ts";

test("a message that is deleted for good while its reporter is erased does not come back into the report", async () => {
  const reports = new MemoryReports();
  const report = reportAt("acme", 1_800_000_000_000, { messageId: "msg_1", by: "bob" });
  await reports.add("acme", report, "bob");
  const list = reports.list.bind(reports);
  reports.list = async (...given) => {
    const page = await list(...given);
    await reports.forget("acme", report.roomId, report.messageId);
    return page;
  };
  const erased = { tenantId: "acme", userId: "bob", pseudonym: "erased:1" };
  for await (const _ of eraseFromReports(reports, erased));
  expect(await reports.get("acme", report.reportId)).toMatchObject({
    reporterId: "erased:1",
    message: null,
    found: [],
    note: null,
  });
});
