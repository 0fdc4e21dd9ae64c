import { Type } from "typebox";
import { limits } from "#shared/limits.ts";
import { MessageId, RoomId } from "../ids.ts";
import { OwnReport, Report, ReportId, ReportPost, ReportResolve, ReportStatus } from "../reports.ts";
import { strict } from "../resources.ts";
import { define, limit, listOf, none } from "./operation.ts";

const reportPath = Type.Object({ reportId: ReportId }, strict);

export const reportsOperations = {
  reportMessage: define({
    id: "reportMessage",
    method: "POST",
    path: "/v1/rooms/{roomId}/messages/{messageId}/reports",
    service: "ingest",
    auth: "user",
    summary:
      "Report what another says in a room, also of a closed one. Whose it is does not learn of it. 200: the user has reported it before; here is that report.",
    params: Type.Object({ roomId: RoomId, messageId: MessageId }, strict),
    query: none,
    body: ReportPost,
    responses: { 200: OwnReport, 201: OwnReport },
    errors: ["room_not_found", "not_a_member", "message_not_found", "message_deleted", "forbidden"],
  }),
  listReports: define({
    id: "listReports",
    method: "GET",
    path: "/v1/reports",
    service: "ingest",
    auth: "server",
    summary: `What was reported, and what masking has flagged, newest first; kept for 400 days. A page looks at ${limits.reportsScannedMax} reports at most, so with a filter it may have few or none and a \`next\`: go on.`,
    params: none,
    query: Type.Object(
      {
        status: Type.Optional(ReportStatus),
        roomId: Type.Optional(RoomId),
        limit,
        cursor: Type.Optional(ReportId),
      },
      strict,
    ),
    body: null,
    responses: { 200: listOf(Report) },
    errors: [],
  }),
  getReport: define({
    id: "getReport",
    method: "GET",
    path: "/v1/reports/{reportId}",
    service: "ingest",
    auth: "server",
    summary: "One report.",
    params: reportPath,
    query: none,
    body: null,
    responses: { 200: Report },
    errors: ["report_not_found"],
  }),
  resolveReport: define({
    id: "resolveReport",
    method: "POST",
    path: "/v1/reports/{reportId}/resolve",
    service: "ingest",
    auth: "server",
    summary: "Say what came of a report: it is no longer open. The last word counts.",
    params: reportPath,
    query: none,
    body: ReportResolve,
    responses: { 200: Report },
    errors: ["report_not_found"],
  }),
} as const;
