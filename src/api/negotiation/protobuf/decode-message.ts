/** Messages as the JSON that Go's encoding/json makes of the same values, by the tables of this folder. */
import type { WireType } from "@bufbuild/protobuf/wire";
import { parseJsonBody } from "../parse-json-body.ts";
import type { FieldType, MessageType, ValueType } from "./message-type.ts";
import { BrokenMessage, WireReader } from "./wire-reader.ts";

export type DecodedMessage =
  | {
      readonly value: unknown;
      /** Numbers of fields that the tables don't have and that were skipped, each once; of many only the first. */
      readonly unknown: readonly number[];
    }
  /** What is wrong with it, to be put behind "the body of the request ". */
  | { readonly mistake: string };

const MAX_UNKNOWN = 50;

export function decodeMessage(bytes: Uint8Array, type: MessageType): DecodedMessage {
  const decoder = new Decoder(bytes);
  try {
    return { value: decoder.message(type, {}), unknown: [...decoder.unknown] };
  } catch (error) {
    if (!(error instanceof BrokenMessage)) throw error;
    const place = decoder.path.length === 0 ? "" : ` at ${decoder.path.join(".")}`;
    return { mistake: `can't be read as protobuf${place}: ${error.message}` };
  }
}

class Decoder {
  readonly unknown = new Set<number>();
  /** Of the field that is being read, which is where something is wrong when it ends with an exception. */
  readonly path: string[] = [];
  readonly #reader: WireReader;

  constructor(bytes: Uint8Array) {
    this.#reader = new WireReader(bytes);
  }

  /** @param target what was read before of the same message: one that is sent in several parts is one */
  message(type: MessageType, target: Record<string, unknown>): unknown {
    const reader = this.#reader;
    while (!reader.isAtEnd) {
      const [number, wireType] = reader.tag();
      const field = type.fields.get(number);
      if (field === undefined) {
        reader.skip(wireType, number);
        if (this.unknown.size < MAX_UNKNOWN) this.unknown.add(number);
        continue;
      }
      this.path.push(field.name);
      this.#field(wireType, field, target);
      this.path.pop();
    }
    return finished(type, target);
  }

  #field(wireType: WireType, field: FieldType, target: Record<string, unknown>): void {
    const { name, type, repeated, keepsZero } = field;
    const before = target[name];
    if (repeated === "map") {
      const entries = (before ?? {}) as Record<string, unknown>;
      const { key, value } = this.#value(wireType, type, undefined) as { key: string; value: unknown };
      if (key === "__proto__") throw new BrokenMessage("there is the key __proto__, which no object has");
      entries[key] = value;
      target[name] = entries;
    } else if (repeated === "list") {
      const elements = (before ?? []) as unknown[];
      elements.push(this.#value(wireType, type, undefined));
      target[name] = elements;
    } else {
      const value = this.#value(wireType, type, before);
      if (value === undefined || (!keepsZero && isZero(value))) delete target[name];
      else target[name] = value;
    }
  }

  #value(wireType: WireType, type: ValueType, before: unknown): unknown {
    const reader = this.#reader;
    switch (type) {
      case "string":
        return reader.text(wireType);
      case "int32":
        return reader.integer(wireType, 32);
      case "int64":
        return reader.integer(wireType, 64);
      case "bool":
        return reader.bool(wireType);
      case "bytes":
        return Buffer.from(reader.bytes(wireType)).toString("base64");
      case "raw":
        return reader.bytes(wireType);
      case "json":
        return jsonOf(reader.text(wireType));
      default: {
        const isBegun = type.toJson === undefined && before !== undefined;
        const outer = reader.enter(wireType);
        const value = this.message(type, isBegun ? (before as Record<string, unknown>) : {});
        reader.leave(outer);
        return value;
      }
    }
  }
}

function finished(type: MessageType, target: Record<string, unknown>): unknown {
  for (const { name, type: absent } of type.always) target[name] ??= zeroOf(absent);
  return type.toJson ? type.toJson(target) : target;
}

function zeroOf(type: ValueType): unknown {
  switch (type) {
    case "string":
    case "bytes":
      return "";
    case "int32":
    case "int64":
      return 0;
    case "bool":
      return false;
    case "raw":
    case "json":
      return undefined;
    default:
      return finished(type, {});
  }
}

/** A message is never zero: Go's encoding/json doesn't leave out structs. */
function isZero(value: unknown): boolean {
  return value === "" || value === 0 || value === false;
}

function jsonOf(text: string): unknown {
  const parsed = parseJsonBody(text);
  if ("problem" in parsed) throw new BrokenMessage("there should be JSON");
  return parsed.value;
}
