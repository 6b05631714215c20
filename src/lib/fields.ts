/** Looking into objects as they come over the wire: fields may be missing, and of any shape. */
export type Field = unknown;

export function at(value: Field, ...path: readonly string[]): Field {
  let current: Field = value;
  for (const name of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, name)) return undefined;
    current = (current as Record<string, unknown>)[name];
  }
  return current;
}

export function list(value: Field): readonly Field[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: Field): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
