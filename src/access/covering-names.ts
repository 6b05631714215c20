/** In names that give a host or a listener: all of them. */
export const ANYTHING = "*";

/**
 * The hostnames that give a hostname, narrowest first: "a.shop.example.com" is given by itself, "*.shop.example.com",
 * "*.example.com", "*.com" and "*". A wildcard stands for any number of labels, at least one, as in the Gateway API; so
 * "*.shop.example.com" doesn't give "shop.example.com".
 */
export function coveringNames(hostname: string): readonly [string, ...string[]] {
  if (hostname === ANYTHING) return [ANYTHING];
  const labels = hostname.split(".");
  const wider = labels.slice(1).map((_, index) => ["*", ...labels.slice(index + 1)].join("."));
  // "*.example.com" is its own first wildcard.
  return [hostname, ...wider.filter((name) => name !== hostname), ANYTHING];
}
