/**
 * Where the API and its socket are, from the one address that the application names.
 *
 * @throws TypeError when it is no URL.
 */
export function addressesOf(url: string): { readonly apiUrl: string; readonly socketUrl: string } {
  const { protocol, host, pathname } = new URL(url);
  const secure = protocol === "https:" || protocol === "wss:";
  const rest = `://${host}${pathname.replace(/\/+$/, "")}`;
  return { apiUrl: `http${secure ? "s" : ""}${rest}`, socketUrl: `ws${secure ? "s" : ""}${rest}/v1/connect` };
}
