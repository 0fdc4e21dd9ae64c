import type { Sandbox } from "./sandbox.ts";

/** What somebody who has just started it for the first time needs, ready to copy. */
export function firstGreeting(url: string, { apiKey, tenantId }: Sandbox, keysFile: string): string {
  return `
Sendsar is running, with its data in this folder and a tenant "${tenantId}" to try it.

  Open      ${url}/            two people chatting, with all events
  Read      ${url}/docs        the whole API
  API key   ${apiKey}   (kept in ${keysFile})

Get a session token for a user, as your server would:

  curl -s ${url}/v1/auth/token -H 'x-api-key: ${apiKey}' \\
    -d '{"userId":"user_42","displayName":"Ada"}'

Make a room with two members and send its first message:

  curl -s -X PUT ${url}/v1/rooms/order_8f2a -H 'x-api-key: ${apiKey}' \\
    -d '{"type":"direct","members":[{"userId":"user_42"},{"userId":"driver_7"}]}' && \\
  curl -s ${url}/v1/rooms/order_8f2a/messages -H 'x-api-key: ${apiKey}' -H 'x-user-id: driver_7' \\
    -d '{"body":"Driver is 2 min away"}'

`;
}

export function laterGreeting(url: string, keysFile: string): string {
  return `\nSendsar is running at ${url}/ (docs: ${url}/docs; sandbox keys: ${keysFile})\n\n`;
}
