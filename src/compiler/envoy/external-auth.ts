import type { Any } from "@bufbuild/protobuf/wkt";
import {
  type CheckSettingsSchema,
  ExtAuthzPerRouteSchema,
} from "../../gen/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js";
import type { ListStringMatcherSchema } from "../../gen/envoy/type/matcher/v3/string_pb.js";
import type { ExternalAuth } from "../routing/routing.ts";
import { duration } from "./duration.ts";
import { packed } from "./marshal.ts";
import type { Init } from "./message-init.ts";

type Check = Init<typeof CheckSettingsSchema>;

/** How long a request may wait for the answer; after that it is refused. */
const CHECK_TIMEOUT_MS = 2_000;

export function translateExternalAuth(auth: ExternalAuth): Any {
  return packed(ExtAuthzPerRouteSchema, {
    override: { case: "checkSettings", value: { ...bodySettings(auth), serviceOverride: service(auth) } },
  });
}

/** Gateway API, ForwardBodyConfig: a body over the limit is sent cut off at it. */
function bodySettings({ forwardBodyMaxBytes, protocol }: ExternalAuth): Check {
  if (forwardBodyMaxBytes === 0) return {};
  return {
    withRequestBody: {
      maxRequestBytes: forwardBodyMaxBytes,
      allowPartialMessage: true,
      packAsBytes: protocol === "GRPC",
    },
  };
}

function service(auth: ExternalAuth): NonNullable<Check["serviceOverride"]> {
  const timeout = duration(CHECK_TIMEOUT_MS);
  if (auth.protocol === "GRPC") {
    return {
      case: "grpcService",
      value: { targetSpecifier: { case: "envoyGrpc", value: { clusterName: auth.leg } }, timeout },
    };
  }
  return {
    case: "httpService",
    value: {
      serverUri: {
        uri: "http://external-auth",
        httpUpstreamType: { case: "cluster", value: auth.leg },
        timeout,
      },
      pathPrefix: auth.path ?? "",
      authorizationRequest: { allowedHeaders: names(auth.allowedHeaders) },
      authorizationResponse: { allowedUpstreamHeaders: names(auth.allowedResponseHeaders) },
    },
  };
}

function names(headers: readonly string[]): Init<typeof ListStringMatcherSchema> {
  return { patterns: headers.map((value) => ({ matchPattern: { case: "exact", value }, ignoreCase: true })) };
}
