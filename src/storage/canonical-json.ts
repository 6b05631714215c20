/**
 * JSON with sorted keys and no white space, so that equal values have equal text (RFC 8785, except that keys are sorted
 * by UTF-16 code units as JavaScript does, which is the same). What JSON can't say is left out as JSON.stringify does.
 */
export function canonicalJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError("not a JSON value");
  return canonicalText(text);
}

/** The same for any JSON text. */
export function canonicalText(text: string): string {
  return print(JSON.parse(text));
}

function print(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(print).join(",")}]`;
  const record = value as Record<string, unknown>;
  const fields = Object.keys(record).sort();
  return `{${fields.map((name) => `${JSON.stringify(name)}:${print(record[name])}`).join(",")}}`;
}
