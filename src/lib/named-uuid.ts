import { createHash } from "node:crypto";

/** The same UUID for the same text (version 8 of RFC 9562: what it is made of is ours to choose). */
export function namedUuid(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
