/** Takes secrets out of what is printed or logged. */
export const REDACTED = "[redacted]";

const SECRET_NAME =
  /^(private_?key(_?pem)?|inline_?key|pass(word|phrase)?|(access|refresh|id|bearer|join)?_?token|client_?secret|authorization|(set-)?cookie)$/i;
const KEY_MATERIAL = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** How "-----BEGIN" starts in base64. */
const BASE64_PEM = /^LS0tLS1CRUdJT/;

/** A copy of plain data in which values under secret names, and private keys anywhere, are replaced by REDACTED. */
export function redact(value: unknown, name = ""): unknown {
  if (value === null || value === undefined) return value;
  if (SECRET_NAME.test(name) && typeof value !== "boolean") return REDACTED;
  if (typeof value === "string") return holdsKey(value) ? REDACTED : value;
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => redact(item));
  if (isKubernetesSecret(value)) return redactSecret(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redact(item, key)]));
}

function holdsKey(text: string): boolean {
  if (KEY_MATERIAL.test(text)) return true;
  return BASE64_PEM.test(text) && KEY_MATERIAL.test(Buffer.from(text, "base64").toString("latin1"));
}

function isKubernetesSecret(value: object): value is Record<string, unknown> {
  return "kind" in value && value.kind === "Secret" && "metadata" in value;
}

/** Of a Secret only the names of its entries and their sizes are left. */
function redactSecret(secret: Record<string, unknown>): Record<string, unknown> {
  const metadata = asRecord(secret.metadata);
  // kubectl keeps the whole object, data included, in an annotation.
  const annotations = Object.entries(asRecord(metadata.annotations)).map(([key, value]) => [
    key,
    key.endsWith("/last-applied-configuration") ? REDACTED : value,
  ]);
  const hide = (entries: unknown, size: (value: string) => number) =>
    Object.fromEntries(Object.entries(asRecord(entries)).map(([k, v]) => [k, `[redacted, ${size(String(v))} bytes]`]));
  return {
    ...secret,
    metadata: { ...metadata, ...(metadata.annotations ? { annotations: Object.fromEntries(annotations) } : {}) },
    ...("data" in secret ? { data: hide(secret.data, (value) => Buffer.byteLength(value, "base64")) } : {}),
    ...("stringData" in secret ? { stringData: hide(secret.stringData, (value) => Buffer.byteLength(value)) } : {}),
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
