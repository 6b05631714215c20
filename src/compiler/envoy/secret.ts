import type { DataSourceSchema } from "../../gen/envoy/config/core/v3/base_pb.js";
import { SecretSchema } from "../../gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.js";
import type { SecretMaterial } from "../routing/routing.ts";
import { marshal } from "./marshal.ts";
import type { Init } from "./message-init.ts";
import type { EnvoyResource } from "./resource.ts";

export function translateSecret(material: SecretMaterial): EnvoyResource {
  const { name, source } = material;
  return marshal(
    "Secret",
    name,
    SecretSchema,
    { name, type: content(material) },
    { references: [], owners: source === undefined ? [] : [source] },
  );
}

function content(material: SecretMaterial): NonNullable<Init<typeof SecretSchema>["type"]> {
  switch (material.kind) {
    case "certificate":
      return {
        case: "tlsCertificate",
        value: { certificateChain: inline(material.certificatePem), privateKey: inline(material.privateKeyPem) },
      };
    case "trust":
      return { case: "validationContext", value: { trustedCa: inline(material.bundlePem) } };
  }
}

function inline(value: string): Init<typeof DataSourceSchema> {
  return { specifier: { case: "inlineString", value } };
}
