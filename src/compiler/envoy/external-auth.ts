import type { Any } from "@bufbuild/protobuf/wkt";
import { ApiVersion } from "../../gen/envoy/config/core/v3/config_source_pb.js";
import {
  type CheckSettingsSchema,
  ExtAuthzPerRouteSchema,
  ExtAuthzSchema,
} from "../../gen/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js";
import type { ListStringMatcherSchema } from "../../gen/envoy/type/matcher/v3/string_pb.js";
import type { ExternalAuth } from "../routing/routing.ts";
import { duration } from "./duration.ts";
import { packed } from "./marshal.ts";
import type { Init } from "./message-init.ts";
import { SCOPE_HEADER, UNRESOLVED_CLUSTER } from "./names.ts";

type Check = Init<typeof CheckSettingsSchema>;

/** How long a request may wait for the answer; after that it is refused. */
const CHECK_TIMEOUT_MS = 2_000;

/**
 * Asks the route's own service, which sees all headers of the request: Envoy has `allowedHeaders` for a whole filter only,
 * not for a route.
 */
export function translateExternalAuth(auth: ExternalAuth): Any {
  return packed(ExtAuthzPerRouteSchema, {
    override: { case: "checkSettings", value: { ...bodySettings(auth), serviceOverride: service(auth) } },
  });
}

/** Gateway API, ForwardBodyConfig: a body over the limit is sent cut off at it. */
function bodySettings({ forwardBodyMaxBytes }: ExternalAuth): Check {
  if (forwardBodyMaxBytes === 0) return { disableRequestBodyBuffering: true };
  return { withRequestBody: { maxRequestBytes: forwardBodyMaxBytes, allowPartialMessage: true, packAsBytes: true } };
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
      // Envoy refuses an empty list. The specification would have all headers copied; content-length among them, so none.
      ...(auth.allowedResponseHeaders.length > 0
        ? { authorizationResponse: { allowedUpstreamHeaders: names(auth.allowedResponseHeaders) } }
        : {}),
    },
  };
}

function names(headers: readonly string[]): Init<typeof ListStringMatcherSchema> {
  return { patterns: headers.map((value) => ({ matchPattern: { case: "exact", value }, ignoreCase: true })) };
}

/**
 * What route configurations start from. The filter can't be off in the listener: Envoy chooses the filters of a request
 * by its first route, and a request that needs the host fallback has none then; it would pass unasked.
 */
export const NO_EXTERNAL_AUTH = packed(ExtAuthzPerRouteSchema, { override: { case: "disabled", value: true } });

/** Routes bring their own service; the one named here refuses. How a body travels is a matter of the filter. */
export const EXTERNAL_AUTH_FILTER = packed(ExtAuthzSchema, {
  services: {
    case: "grpcService",
    value: { targetSpecifier: { case: "envoyGrpc", value: { clusterName: UNRESOLVED_CLUSTER } } },
  },
  transportApiVersion: ApiVersion.V3,
  withRequestBody: { maxRequestBytes: 1, allowPartialMessage: true, packAsBytes: true },
  validateMutations: true,
  disallowedHeaders: names([SCOPE_HEADER]),
});
