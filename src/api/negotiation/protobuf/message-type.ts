/**
 * How a message of Kubernetes' Go types looks on the wire and in JSON: the language of the tables beside this file. The
 * tables know no message that holds itself, so decoding goes no deeper than they do.
 */

export interface MessageType {
  /** By field number. */
  readonly fields: ReadonlyMap<number, FieldType>;
  /** Names of fields that JSON has also when they are zero (no omitempty). */
  readonly always: readonly FieldType[];
  /**
   * For messages whose JSON isn't an object.
   *
   * @param fields what was set
   * @returns the JSON value; undefined for none
   * @throws BrokenMessage
   */
  readonly toJson: ((fields: JsonFields) => unknown) | undefined;
}

export type JsonFields = Readonly<Record<string, unknown>>;

/** `bytes` are base64 in JSON, `raw` ones stay as they are; `json` are bytes that hold JSON themselves. */
export type ValueType = "string" | "int32" | "int64" | "bool" | "bytes" | "raw" | "json" | MessageType;

export interface FieldType {
  /** In JSON. */
  readonly name: string;
  /** Of a map, its entries. */
  readonly type: ValueType;
  readonly repeated: "no" | "list" | "map";
  /** Whether a zero that was sent differs from nothing (in Go a pointer). */
  readonly keepsZero: boolean;
  /** Whether JSON has it in any case (in Go a tag without omitempty). */
  readonly always: boolean;
}

export function message(
  fields: Readonly<Record<number, FieldType>>,
  toJson?: (fields: JsonFields) => unknown,
): MessageType {
  const byNumber = new Map(Object.entries(fields).map(([number, type]) => [Number(number), type]));
  return { fields: byNumber, always: Object.values(fields).filter(({ always }) => always), toJson };
}

/** In Go a plain field with omitempty: its zero is nothing. */
export function field(name: string, type: ValueType): FieldType {
  return { name, type, repeated: "no", keepsZero: false, always: false };
}

/** In Go a pointer. */
export function pointer(name: string, type: ValueType): FieldType {
  return { name, type, repeated: "no", keepsZero: true, always: false };
}

/** In Go a plain field without omitempty. */
export function always(name: string, type: ValueType): FieldType {
  return { name, type, repeated: "no", keepsZero: true, always: true };
}

/** Empty lists aren't sent, so that an empty one is none. */
export function list(name: string, type: ValueType): FieldType {
  return { name, type, repeated: "list", keepsZero: false, always: false };
}

/** Keys are strings. */
export function map(name: string, type: ValueType): FieldType {
  const entry = message({ 1: always("key", "string"), 2: always("value", type) });
  return { name, type: entry, repeated: "map", keepsZero: false, always: false };
}
