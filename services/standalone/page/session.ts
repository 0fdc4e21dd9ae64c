/** What the sandbox gives a page that is open on the machine it runs on. */
export interface SandboxSession {
  readonly token: string;
  readonly userId: string;
  readonly displayName: string;
  readonly roomId: string;
  /** There is a LiveKit to call by. */
  readonly calls: boolean;
}

/** Stands in for the customer's own server, which would know who is asking. */
export async function getSession(userId: string): Promise<SandboxSession> {
  const answer = await fetch("/sandbox/token", { method: "POST", body: JSON.stringify({ userId }) });
  if (!answer.ok) throw new Error(`the sandbox gives no token (${answer.status})`);
  return (await answer.json()) as SandboxSession;
}
