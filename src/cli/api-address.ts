import { isIP } from "node:net";

export interface ApiAddress {
  readonly host: string;
  readonly port: number;
}

/** "127.0.0.1:7443", "[::1]:7443", or "off"; undefined for anything else. */
export function parseApiAddress(text: string): ApiAddress | "off" | undefined {
  if (text === "off") return "off";
  const [, bracketed, plain, digits = ""] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? "";
  const port = Number(digits);
  return isIP(host) !== 0 && port <= 65_535 ? { host, port } : undefined;
}
