/**
 * Tokens of the API: `lbt_<name>_<secret>_<checksum>`. The prefix and the checksum let secret scanners find a token that
 * got into a repository, and tell it from other text without asking anybody. The name is the AccessToken object's, so a
 * token is looked up without searching. Only the SHA-256 of a token is kept.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";

export interface MadeToken {
  /** Shown once. */
  readonly token: string;
  /** SHA-256 of the whole token, 64 hexadecimal digits. */
  readonly hash: string;
}

export interface ParsedToken {
  /** Of the AccessToken object. */
  readonly name: string;
  readonly hash: string;
}

/** For scanners. `secret` is 32 random bytes in base64url, `checksum` the CRC-32 of all before its underscore. */
export const TOKEN_PATTERN = /^lbt_(?<name>[a-z0-9][-a-z0-9.]{0,252})_(?<secret>[-\w]{43})_(?<checksum>[0-9a-f]{8})$/;

const MAX_LENGTH = "lbt_".length + 253 + "_".length + 43 + "_".length + 8;
const SECRET_BYTES = 32;

/** @param random 32 bytes that nobody can guess */
export function makeToken(name: string, random: Uint8Array): MadeToken {
  if (random.length !== SECRET_BYTES) throw new RangeError(`a token needs ${SECRET_BYTES} random bytes`);
  const body = `lbt_${name}_${Buffer.from(random).toString("base64url")}`;
  const token = `${body}_${checksumOf(body)}`;
  if (!TOKEN_PATTERN.test(token)) throw new RangeError(`${JSON.stringify(name)} can't be the name of a token`);
  return { token, hash: hashOf(token) };
}

/** undefined when the text can't be a token: cut off, mistyped, or something else. */
export function parseToken(text: string): ParsedToken | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const { name, checksum } = TOKEN_PATTERN.exec(text)?.groups ?? {};
  if (name === undefined || checksum !== checksumOf(text.slice(0, -1 - 8))) return undefined;
  return { name, hash: hashOf(text) };
}

/** Takes the same time wherever they differ. Hashes of other lengths are never the same. */
export function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function checksumOf(body: string): string {
  return crc32(body).toString(16).padStart(8, "0");
}
