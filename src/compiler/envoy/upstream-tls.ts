import { isIP } from "node:net";
import type { TransportSocketSchema } from "../../gen/envoy/config/core/v3/base_pb.js";
import {
  SubjectAltNameMatcher_SanType as SanType,
  type SubjectAltNameMatcherSchema,
} from "../../gen/envoy/extensions/transport_sockets/tls/v3/common_pb.js";
import { UpstreamTlsContextSchema } from "../../gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.js";
import type { Leg, LegTls } from "../routing/routing.ts";
import { secretSource } from "./discovery-source.ts";
import { packed } from "./marshal.ts";
import type { Init } from "./message-init.ts";
import { SYSTEM_TRUST_SECRET } from "./names.ts";
import { TLS_PARAMETERS } from "./tls-parameters.ts";

type SanMatcher = Init<typeof SubjectAltNameMatcherSchema>;

/** The xDS secrets that the leg's connections need. */
export function upstreamSecrets(tls: LegTls): string[] {
  if (tls.mode === "disabled") return [];
  const identity = clientIdentity(tls);
  return [tls.trust ?? SYSTEM_TRUST_SECRET, ...(identity === undefined ? [] : [identity])];
}

/** Always verifies: who signed the certificate, and that it carries one of the names. Undefined for plaintext. */
export function upstreamTls({ tls, protocol }: Leg): Init<typeof TransportSocketSchema> | undefined {
  if (tls.mode === "disabled") return undefined;
  const identity = clientIdentity(tls);
  const names = tls.subjectAltNames.length > 0 ? tls.subjectAltNames : [tls.sni];
  const context = packed(UpstreamTlsContextSchema, {
    sni: tls.sni,
    commonTlsContext: {
      tlsParams: TLS_PARAMETERS,
      alpnProtocols: [protocol === "HTTP2" ? "h2" : "http/1.1"],
      tlsCertificateSdsSecretConfigs: identity === undefined ? [] : [secretSource(identity)],
      validationContextType: {
        case: "combinedValidationContext",
        value: {
          defaultValidationContext: { matchTypedSubjectAltNames: names.map(sanMatcher) },
          validationContextSdsSecretConfig: secretSource(tls.trust ?? SYSTEM_TRUST_SECRET),
        },
      },
    },
  });
  return { name: "envoy.transport_sockets.tls", configType: { case: "typedConfig", value: context } };
}

function clientIdentity(tls: Exclude<LegTls, { mode: "disabled" }>): string | undefined {
  return tls.mode === "mutual" ? tls.identity : undefined;
}

function sanMatcher(name: string): SanMatcher {
  const sanType = name.includes("://") ? SanType.URI : isIP(name) !== 0 ? SanType.IP_ADDRESS : SanType.DNS;
  return { sanType, matcher: { matchPattern: { case: "exact", value: name } } };
}
