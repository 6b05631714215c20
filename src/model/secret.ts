import * as z from "zod";
import { checkedString } from "./checked-string.ts";
import { defineKind, type Resource } from "./kind-definition.ts";
import { checkSecret, isBase64 } from "./secret-rules.ts";

const base64 = checkedString(
  (value) =>
    isBase64(value)
      ? undefined
      : {
          code: "LB1212",
          message: "the value isn't base64",
          hint: "Encode it (base64 -w0 FILE), or put the text itself under stringData.",
        },
  { format: "byte" },
);

const schema = z.strictObject({
  type: z
    .string()
    .default("Opaque")
    .describe("kubernetes.io/tls for a certificate with its key; Opaque for anything else."),
  data: z
    .record(z.string(), base64)
    .default({})
    .describe("Values in base64; for TLS: tls.crt, tls.key and optionally ca.crt."),
  stringData: z
    .record(z.string(), z.string())
    .default({})
    .describe("Values as plain text; they end up in data and win over it."),
  immutable: z.boolean().optional().describe("Not used."),
});

export const secretKind = defineKind({
  kind: "Secret",
  plural: "secrets",
  singular: "secret",
  shortNames: [],
  group: "",
  versions: ["v1"],
  namespaced: true,
  nameRule: "subdomain",
  description: "Certificates, keys and authorities.",
  schema,
  complete: (body) => ({ ...body, data: { ...body.data, ...encoded(body.stringData) }, stringData: {} }),
  check: checkSecret,
});

export type Secret = Resource<"Secret", z.output<typeof schema>>;

/** The text of one entry, or undefined when the secret doesn't have it. */
export function secretText(secret: Secret, entry: string): string | undefined {
  const value = Object.hasOwn(secret.data, entry) ? secret.data[entry] : undefined;
  return value === undefined ? undefined : Buffer.from(value, "base64").toString("utf8");
}

function encoded(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString("base64")]));
}
