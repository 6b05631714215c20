/** JSON Pointer (RFC 6901). */

/** The names and indices that lead to a value; undefined for text that is no pointer. "" is the whole document. */
export function parsePointer(text: string): readonly string[] | undefined {
  if (text === "") return [];
  if (!text.startsWith("/") || /~(?![01])/.test(text)) return undefined;
  return text.slice(1).split("/").map(unescaped);
}

/** An index as the RFC writes it, without leading zeros and signs; undefined for anything else. */
export function parseIndex(token: string): number | undefined {
  return /^(?:0|[1-9]\d{0,9})$/.test(token) ? Number(token) : undefined;
}

/** "~1" first: "~01" is "~1", not "/". */
function unescaped(token: string): string {
  return token.includes("~") ? token.replaceAll("~1", "/").replaceAll("~0", "~") : token;
}
