/** The values of protobuf's wire format, read with all that may be wrong with them (protobuf.dev, "Encoding"). */
import { isUtf8 } from "node:buffer";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** What was sent can't be read. Never leaves this folder. */
export class BrokenMessage extends Error {}

const TOO_SHORT = "it ends too early";

/** Every method throws BrokenMessage where the bytes are cut off or wrong. */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #reader: BinaryReader;
  /** Where the message ends that is being read; what is behind it belongs to those around it. */
  #end: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#reader = new BinaryReader(bytes);
    this.#end = bytes.length;
  }

  get isAtEnd(): boolean {
    return this.#reader.pos >= this.#end;
  }

  tag(): [number: number, wireType: WireType] {
    return this.#read((reader) => reader.tag());
  }

  /** Begins a message inside of the one that is being read. @returns what `leave` wants to be told at its end */
  enter(wireType: WireType): number {
    const outer = this.#end;
    const length = this.#length(wireType);
    this.#end = this.#reader.pos + length;
    return outer;
  }

  leave(outer: number): void {
    this.#end = outer;
  }

  /** @param bits of a signed number; Go sends negative ones of 32 bits as 64 bits */
  integer(wireType: WireType, bits: 32 | 64): number {
    const value = this.#varint(wireType);
    if (bits === 32 && value !== BigInt.asIntN(32, value)) throw new BrokenMessage("a number has more than 32 bits");
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new BrokenMessage("a number is too large to be kept exactly");
    return number;
  }

  bool(wireType: WireType): boolean {
    return this.#varint(wireType) !== 0n;
  }

  bytes(wireType: WireType): Uint8Array {
    const length = this.#length(wireType);
    const start = this.#reader.pos;
    this.#reader.pos = start + length;
    return this.#bytes.subarray(start, start + length);
  }

  text(wireType: WireType): string {
    const bytes = this.bytes(wireType);
    if (!isUtf8(bytes)) throw new BrokenMessage("a text isn't UTF-8");
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  }

  skip(wireType: WireType, number: number): void {
    if (wireType === WireType.LengthDelimited) this.bytes(wireType);
    else this.#read((reader) => reader.skip(wireType, number));
  }

  #varint(wireType: WireType): bigint {
    if (wireType !== WireType.Varint) throw new BrokenMessage("something else is there than a number");
    return BigInt(this.#read((reader) => reader.int64()));
  }

  /** Of what begins here. BinaryReader would cut a length to 32 bits. */
  #length(wireType: WireType): number {
    if (wireType !== WireType.LengthDelimited) throw new BrokenMessage("something else is there than bytes");
    const first = this.#bytes[this.#reader.pos] ?? 0;
    const length = this.#read((reader) => (first < 0x80 ? reader.uint32() : Number(reader.int64())));
    if (length < 0 || length > this.#end - this.#reader.pos) throw new BrokenMessage(TOO_SHORT);
    return length;
  }

  /** BinaryReader has an exception for whatever is wrong with the bytes, and nothing else to throw. */
  #read<Value>(read: (reader: BinaryReader) => Value): Value {
    try {
      const value = read(this.#reader);
      if (this.#reader.pos <= this.#end) return value;
    } catch {
      if (this.#reader.pos <= this.#end) throw new BrokenMessage("a part of it isn't protobuf");
    }
    throw new BrokenMessage(TOO_SHORT);
  }
}
