import type { Answer } from "../client/local-client.ts";
import type { TraceRequest } from "../model/trace.ts";
import { cliProblem } from "./terminal.ts";

const DEFAULT_PORT = { http: 80, https: 443 } as const;
/** RFC 9110, section 5.6.2: token. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** The request that a method, a URL and curl-like headers ("name: value") describe. */
export function parseTraceQuery(method: string, address: string, headerWords: readonly string[]): Answer<TraceRequest> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const scheme = url?.protocol.slice(0, -1);
  if (url === undefined || (scheme !== "http" && scheme !== "https")) {
    return { problem: cliProblem("LB6204", `"${address}" is not an absolute http or https URL`) };
  }
  const headers: { name: string; value: string }[] = [];
  for (const word of headerWords) {
    const colon = word.indexOf(":");
    const name = word.slice(0, Math.max(0, colon));
    if (!TOKEN.test(name)) return { problem: cliProblem("LB6205", `"${word}" is not a header`) };
    headers.push({ name: name.toLowerCase(), value: word.slice(colon + 1).trim() });
  }
  // As for curl, a Host header decides which host is asked for; the URL where the request goes.
  const host = headers.find(({ name }) => name === "host")?.value.replace(/:\d+$/, "");
  return {
    value: {
      method: method.toUpperCase(),
      scheme,
      hostname: (host ?? url.hostname.replace(/^\[|\]$/g, "")).toLowerCase(),
      port: url.port === "" ? DEFAULT_PORT[scheme] : Number(url.port),
      path: `${url.pathname}${url.search}`,
      headers: headers.filter(({ name }) => name !== "host"),
    },
  };
}
