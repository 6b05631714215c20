/** Secret values are sealed before they reach the disk: AES-256-GCM, bound to the key under which they are kept. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from "node:crypto";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Stands before each sealed value, so that the form can change one day. */
const FORM = 1;

export const SEALING_KEY_BYTES = 32;

export interface SealingKey {
  /** Says which key sealed a value; follows from the key and tells nothing about it. */
  readonly id: string;
  readonly key: KeyObject;
}

/** The first key seals; all of them open. */
export interface Sealing {
  readonly keys: readonly [SealingKey, ...SealingKey[]];
}

export function sealingKey(bytes: Uint8Array): SealingKey {
  const id = createHash("sha256").update("landbridge sealing key\0").update(bytes).digest("hex").slice(0, 12);
  return { id, key: createSecretKey(bytes) };
}

/** Form (1 byte), nonce (12), ciphertext, tag (16). `name` is authenticated: the value opens under no other name. */
export function sealValue({ key }: SealingKey, name: string, value: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(name));
  const body = cipher.update(value);
  cipher.final();
  return Buffer.concat([Buffer.of(FORM), nonce, body, cipher.getAuthTag()]);
}

/** The value, or undefined when it wasn't sealed with this key under this name, or was changed since. */
export function openSealed({ key }: SealingKey, name: string, sealed: Uint8Array): Buffer | undefined {
  if (sealed[0] !== FORM || sealed.byteLength < 1 + NONCE_BYTES + TAG_BYTES) return undefined;
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(name));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const value = decipher.update(sealed.subarray(1 + NONCE_BYTES, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return value;
}
