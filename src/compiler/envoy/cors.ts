import type { Any } from "@bufbuild/protobuf/wkt";
import { CorsPolicySchema } from "../../gen/envoy/extensions/filters/http/cors/v3/cors_pb.js";
import type { StringMatcherSchema } from "../../gen/envoy/type/matcher/v3/string_pb.js";
import type { CorsPolicy } from "../routing/routing.ts";
import { packed } from "./marshal.ts";
import type { Init } from "./message-init.ts";
import { quoted } from "./path-rewrite.ts";

export function translateCors(cors: CorsPolicy): Any {
  return packed(CorsPolicySchema, {
    allowOriginStringMatch: cors.allowOrigins.map(originMatcher),
    allowMethods: cors.allowMethods.join(", "),
    allowHeaders: cors.allowHeaders.join(", "),
    exposeHeaders: cors.exposeHeaders.join(", "),
    allowCredentials: cors.allowCredentials,
    maxAge: String(cors.maxAgeSeconds),
    // The gateway answers every preflight itself; one from elsewhere gets no permission.
    forwardNotMatchingPreflights: false,
  });
}

/** "*" anywhere in a host stands for any labels: "https://*.example.com" allows "https://a.b.example.com". */
function originMatcher(origin: string): Init<typeof StringMatcherSchema> {
  if (!origin.includes("*")) return { matchPattern: { case: "exact", value: origin } };
  const regex = origin === "*" ? ".*" : origin.split("*").map(quoted).join("[^/]+");
  return { matchPattern: { case: "safeRegex", value: { regex } } };
}
