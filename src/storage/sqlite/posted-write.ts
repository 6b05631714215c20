import type { StoredChange, Write } from "../store.ts";
import type { PostedWrite } from "./protocol.ts";

/**
 * A write as it is sent to the store's thread. Sending copies the whole memory that a Buffer lies in, which for a small one
 * is a pool shared with others: such a value gets memory of its own first. Throws for a key that no caller may have.
 */
export function postedWrite({ key, value, expected }: Write, isSecret: (key: string) => boolean): PostedWrite {
  checkKey(key);
  return { key, value: value && withOwnMemory(value), expected, secret: isSecret(key) };
}

/** The changes that writes have made, at these revisions; 0: none. */
export function changesOf(writes: readonly PostedWrite[], revisions: readonly number[]): StoredChange[] {
  return writes.flatMap(({ key, value }, index) => {
    const revision = revisions[index] ?? 0;
    return revision === 0 ? [] : [{ key, value: value && asBuffer(value), revision }];
  });
}

export function asBuffer(value: Uint8Array): Buffer {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/** Text that SQLite would keep differently from how it was given. */
function checkKey(key: string): void {
  if (key === "" || key.includes("\0") || !key.isWellFormed())
    throw new TypeError(`not a key: ${JSON.stringify(key)} is empty, holds NUL, or is no well-formed text`);
}

function withOwnMemory(value: Buffer): Uint8Array {
  return value.byteLength === value.buffer.byteLength ? value : new Uint8Array(value);
}
