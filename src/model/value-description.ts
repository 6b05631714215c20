/** Says in words what a value is, for messages. */
export function describeValue(value: unknown, reveal: boolean): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value === "number") return reveal ? describeNumber(value) : "a number";
  if (!reveal) return typeof value === "string" ? "text" : "true or false";
  return typeof value === "string" ? `the text ${quote(value)}` : String(value);
}

/** Long texts are cut: a message is one line. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

function describeNumber(value: number): string {
  if (Number.isNaN(value)) return "no number (.nan)";
  return Number.isFinite(value) ? `the number ${value}` : "an infinite number (.inf)";
}
