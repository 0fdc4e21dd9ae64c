/**
 * Calls back when the browser finds its network again; elsewhere nothing does.
 *
 * @returns a function that ends it.
 */
export function onOnline(callback: () => void): () => void {
  if (typeof window === "undefined" || typeof window.addEventListener !== "function") return () => {};
  window.addEventListener("online", callback);
  return () => window.removeEventListener("online", callback);
}
