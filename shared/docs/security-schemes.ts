/** How callers say who they are. */
export const securitySchemes = {
  apiKey: {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
    description: "Your server's key, `sk_…`. It never leaves your server.",
  },
  actingUser: {
    type: "apiKey",
    in: "header",
    name: "x-user-id",
    description: "With `x-api-key`: the user for whom your server acts.",
  },
  sessionToken: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "A session token from `POST /v1/auth/token`. Its user reaches only rooms it is a member of.",
  },
  adminKey: {
    type: "apiKey",
    in: "header",
    name: "x-admin-key",
    description: "The operator's key, for `/admin/v1` only.",
  },
} as const;
