import {
  TlsParameters_TlsProtocol as Protocol,
  type TlsParametersSchema,
} from "../../gen/envoy/extensions/transport_sockets/tls/v3/common_pb.js";
import type { Init } from "./message-init.ts";

/** TLS 1.2 and 1.3; under 1.2 only forward secrecy with authenticated encryption (Mozilla's "intermediate"). */
export const TLS_PARAMETERS: Init<typeof TlsParametersSchema> = {
  tlsMinimumProtocolVersion: Protocol.TLSv1_2,
  tlsMaximumProtocolVersion: Protocol.TLSv1_3,
  cipherSuites: [
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
  ],
};
