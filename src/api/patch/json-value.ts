/** JSON values as patches see them. Values are shared, never changed in place unless their maker still owns them. */

export type JsonRecord = Record<string, unknown>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field of the record itself, never of what it inherits. */
export function ownField(record: JsonRecord, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** As an assignment, but `__proto__` becomes a field like any other and changes no prototype. */
export function setField(record: JsonRecord, name: string, value: unknown): void {
  if (name !== "__proto__") record[name] = value;
  else Object.defineProperty(record, name, { value, writable: true, enumerable: true, configurable: true });
}

/** A shallow copy whose fields may be set. */
export function copyOf(record: JsonRecord): JsonRecord {
  const copy: JsonRecord = {};
  for (const name of Object.keys(record)) setField(copy, name, record[name]);
  return copy;
}
