import { Type } from "typebox";
import { MediaType } from "../media.ts";
import { Rates } from "../rates.ts";
import { nullable, strict } from "../resources.ts";
import { define, none } from "./operation.ts";

export const limitsOperations = {
  getLimits: define({
    id: "getLimits",
    method: "GET",
    path: "/v1/limits",
    service: "ingest",
    auth: "any",
    summary:
      "What holds for the caller's tenant: how often it, one of its users (messages, and signals such as typing) and one socket may ask, how many sockets it may have, how large its messages may be, which files it may upload, and the bounds of what is sent. Every answer says by its `ratelimit-*` headers how much of the nearest rate is left.",
    params: none,
    query: none,
    body: null,
    responses: {
      200: Type.Object(
        {
          rates: Rates,
          quotas: Type.Object(
            {
              connections: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
                description: "Open sockets of the tenant on each gateway; null: no limit of its own.",
              }),
            },
            strict,
          ),
          messages: Type.Object(
            {
              bodyCodePoints: Type.Integer({ minimum: 1, description: "Unicode code points of `body`." }),
              attachments: Type.Integer({ minimum: 0, description: "Attachments of one message." }),
              customBytes: Type.Integer({
                minimum: 0,
                description: "UTF-8 bytes of the JSON of `custom`, of the message and of each attachment.",
              }),
            },
            strict,
          ),
          media: Type.Object(
            {
              fileBytes: Type.Integer({ minimum: 1, description: "Bytes of one file." }),
              dayBytes: nullable(
                Type.Integer({ minimum: 1, description: "Bytes of all files of a day, on each node." }),
              ),
              types: Type.Array(MediaType, { description: "Kinds of files that are taken." }),
            },
            strict,
          ),
          bounds: Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
            description: "By name, which ends with the unit. The page of this API says what each is of.",
          }),
        },
        strict,
      ),
    },
    errors: [],
  }),
} as const;
