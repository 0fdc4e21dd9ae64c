/** 128 random bits in hex. Not `randomUUID`: browsers have that on HTTPS and localhost only. */
export function newClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
