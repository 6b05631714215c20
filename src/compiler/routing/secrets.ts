/**
 * Key material from Secret objects, as the xDS secrets that listeners and legs name.
 */
import { query } from "../../lib/dataflow/query.ts";
import { inspectAuthorities, inspectCertificate } from "../../model/certificates.ts";
import { parseObjectKey } from "../../model/keys.ts";
import { secretText } from "../../model/secret.ts";
import { RANK } from "./collections.ts";
import { readByKey, SYSTEM_TRUST_INPUT } from "./inputs.ts";
import type { CompileOptions, SecretMaterial } from "./routing.ts";

export type SecretView =
  | { readonly kind: "usable"; readonly material: SecretMaterial }
  /** The sentence says what is wrong with it and never contains any of its content. */
  | { readonly kind: "unusable"; readonly message: string };

/** A certificate with its key, for servers (listeners) and clients (legs). The argument is the Secret's object key. */
export const certificateSecret = query<SecretView>("certificateSecret", RANK.leaf, (read, key) => {
  const secret = readByKey<"Secret">(read, key);
  const { namespace, name } = parseObjectKey(key);
  if (!secret) return unusable(`Secret ${namespace}/${name} does not exist`);
  if (secret.type !== "kubernetes.io/tls")
    return unusable(`Secret ${namespace}/${name} is of type ${secret.type}, not kubernetes.io/tls`);
  const certificatePem = secretText(secret, "tls.crt") ?? "";
  const privateKeyPem = secretText(secret, "tls.key") ?? "";
  const inspected = inspectCertificate(certificatePem, privateKeyPem);
  if (inspected.kind === "refused") return unusable(`Secret ${namespace}/${name}: ${inspected.message}`);
  return {
    kind: "usable",
    material: { kind: "certificate", name: `secret/${namespace}/${name}`, source: key, certificatePem, privateKeyPem },
  };
});

/** Certificate authorities under "ca.crt". */
export const trustSecret = query<SecretView>("trustSecret", RANK.leaf, (read, key) => {
  const secret = readByKey<"Secret">(read, key);
  const { namespace, name } = parseObjectKey(key);
  if (!secret) return unusable(`Secret ${namespace}/${name} does not exist`);
  const bundlePem = secretText(secret, "ca.crt") ?? "";
  const inspected = inspectAuthorities(bundlePem);
  if (inspected.kind === "refused") return unusable(`Secret ${namespace}/${name}, entry ca.crt: ${inspected.message}`);
  return { kind: "usable", material: { kind: "trust", name: `trust/${namespace}/${name}`, source: key, bundlePem } };
});

/** The system's certificate authorities in PEM form, for legs that name none of their own; "" where it has none. */
export const systemTrust = query<string>("systemTrust", RANK.leaf, (read) => {
  const ask = read.input(SYSTEM_TRUST_INPUT) as CompileOptions["systemTrust"];
  return ask();
});

function unusable(message: string): SecretView {
  return { kind: "unusable", message };
}

/** The object behind the name of an xDS secret, and which of the two queries makes it. */
export function parseSecretName(name: string): { readonly use: "certificate" | "trust"; readonly key: string } {
  const [use, namespace, object] = name.split("/");
  return { use: use === "trust" ? "trust" : "certificate", key: `Secret/${namespace}/${object}` };
}
