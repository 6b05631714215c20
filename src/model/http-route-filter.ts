/** What an HTTPRoute does to requests and responses. */
import * as z from "zod";
import { corsOriginField } from "./cors-origin.ts";
import { headerModifier } from "./header-modifier.ts";
import { changeableHeaderNameField, headerNameField } from "./header-name.ts";
import { preciseHostnameField } from "./hostname.ts";
import { HTTP_METHODS } from "./http-route-match.ts";
import type { Immutable } from "./kind-definition.ts";
import { backendObjectReference, localObjectReference, portField } from "./references.ts";
import { urlPathField } from "./url-path.ts";

const pathModifierFields = z.strictObject({
  type: z
    .enum(["ReplaceFullPath", "ReplacePrefixMatch"])
    .describe("Whether all of the path or the matched prefix is replaced."),
  replaceFullPath: z.string().max(1024).optional().describe("The new path, for ReplaceFullPath."),
  replacePrefixMatch: z
    .string()
    .max(1024)
    .optional()
    .describe("What stands in for the matched prefix, for ReplacePrefixMatch."),
});

export type PathModifier =
  | { readonly type: "ReplaceFullPath"; readonly replaceFullPath: string }
  | { readonly type: "ReplacePrefixMatch"; readonly replacePrefixMatch: string };

/** The member that `type` names is there, and no other: http-route-filter-rules.ts holds that, so the type can say it. */
const pathModifier = pathModifierFields as unknown as z.ZodType<PathModifier>;

const requestMirror = z.strictObject({
  backendRef: backendObjectReference.describe("Who gets the copies; its answers are dropped."),
  percent: z.int().min(0).max(100).optional().describe("Share of requests to copy, in percent; absent: all."),
  fraction: z
    .strictObject({
      numerator: z.int().min(0).max(2_147_483_647).describe("Requests to copy out of each denominator."),
      denominator: z.int().min(1).max(2_147_483_647).default(100).describe("What the numerator is a part of."),
    })
    .optional()
    .describe("Share of requests to copy, as a fraction; absent: all."),
});

const requestRedirect = z.strictObject({
  scheme: z.enum(["http", "https"]).optional().describe("Scheme of the new location; absent: that of the request."),
  hostname: preciseHostnameField().optional().describe("Host of the new location; absent: that of the request."),
  path: pathModifier.optional().describe("Path of the new location; absent: that of the request."),
  port: portField().optional().describe("Port of the new location; absent: that of the scheme, or of the listener."),
  statusCode: z
    .literal([301, 302, 303, 307, 308])
    .default(302)
    .describe("Status of the answer. 307 and 308 keep the method, 303 turns it into GET."),
});

const urlRewrite = z.strictObject({
  hostname: preciseHostnameField().optional().describe("What the backend gets as Host."),
  path: pathModifier.optional().describe("Path that the backend gets."),
});

const corsHeaders = (description: string) => z.array(headerNameField()).max(64).default([]).describe(description);

const cors = z.strictObject({
  allowOrigins: z
    .array(corsOriginField())
    .max(64)
    .default([])
    .describe('Origins that may read answers: "https://a.example.com", "https://*.example.com" or "*".'),
  allowCredentials: z.boolean().default(false).describe("Whether requests may carry cookies and other credentials."),
  allowMethods: z
    .array(z.enum([...HTTP_METHODS, "*"]))
    .max(9)
    .default([])
    .describe('Methods that may be used, next to GET, HEAD and POST; "*" for all.'),
  allowHeaders: corsHeaders('Request headers that may be sent; "*" for all.'),
  exposeHeaders: corsHeaders('Response headers that scripts may read; "*" for all.'),
  maxAge: z
    .int()
    .min(1)
    .max(2_147_483_647)
    .default(5)
    .describe("How long a browser may keep the answer to a preflight, in seconds."),
});

const allowedHeaders = (description: string) => z.array(headerNameField()).max(64).default([]).describe(description);

const externalAuthFields = z.strictObject({
  protocol: z.enum(["HTTP", "GRPC"]).describe("How the authorization server is asked; GRPC is Envoy's ext_authz."),
  backendRef: backendObjectReference.describe("The authorization server."),
  grpc: z
    .strictObject({ allowedHeaders: allowedHeaders("Request headers that are sent along; empty: all.") })
    .optional()
    .describe("Settings for GRPC."),
  http: z
    .strictObject({
      path: urlPathField().optional().describe("Put before the path of the request that is asked about."),
      allowedHeaders: allowedHeaders(
        "Request headers that are sent along, next to Host, Method, Path, Content-Length and Authorization.",
      ),
      allowedResponseHeaders: z
        .array(changeableHeaderNameField())
        .max(64)
        .default([])
        .describe("Headers of the server's answer that the backend gets; empty: none."),
    })
    .optional()
    .describe("Settings for HTTP."),
  forwardBody: z
    .strictObject({
      maxSize: z.int().min(0).max(65_535).default(0).describe("Bytes of the body to send along; 0 sends none."),
    })
    .optional()
    .describe("Whether the server gets the request's body."),
});

interface ExternalAuthBase extends Omit<z.output<typeof externalAuthFields>, "protocol" | "grpc" | "http"> {}
export type ExternalAuthSpec = Immutable<
  ExternalAuthBase &
    (
      | { protocol: "GRPC"; grpc: NonNullable<z.output<typeof externalAuthFields>["grpc"]>; http?: undefined }
      | { protocol: "HTTP"; http: NonNullable<z.output<typeof externalAuthFields>["http"]>; grpc?: undefined }
    )
>;

const externalAuth = externalAuthFields as unknown as z.ZodType<ExternalAuthSpec>;

/** Types of filters, and the field that holds the settings of each. */
export const FILTER_FIELDS = {
  RequestHeaderModifier: "requestHeaderModifier",
  ResponseHeaderModifier: "responseHeaderModifier",
  RequestMirror: "requestMirror",
  RequestRedirect: "requestRedirect",
  URLRewrite: "urlRewrite",
  ExtensionRef: "extensionRef",
  CORS: "cors",
  ExternalAuth: "externalAuth",
} as const;

export type FilterType = keyof typeof FILTER_FIELDS;
export const FILTER_TYPES = Object.keys(FILTER_FIELDS) as FilterType[];

const filterFields = z.strictObject({
  type: z.enum(FILTER_TYPES).describe("What the filter does; the field of the same name has its settings."),
  requestHeaderModifier: headerModifier.optional().describe("Changes to the headers of requests."),
  responseHeaderModifier: headerModifier.optional().describe("Changes to the headers of responses."),
  requestMirror: requestMirror.optional().describe("Copies requests to another backend."),
  requestRedirect: requestRedirect.optional().describe("Answers with a redirect."),
  urlRewrite: urlRewrite.optional().describe("Changes host or path on the way to the backend."),
  extensionRef: localObjectReference.optional().describe("A filter of the implementation; none exist yet."),
  cors: cors.optional().describe("Answers preflight requests, and lets browsers of other origins read answers."),
  externalAuth: externalAuth.optional().describe("Asks a server whether the request may pass."),
});

type FilterFields = z.output<typeof filterFields>;

/** One filter: `type`, and the one field that belongs to it. */
export type HttpRouteFilter = Immutable<
  {
    [Type in FilterType]: { type: Type } & {
      [Field in (typeof FILTER_FIELDS)[Type]]: NonNullable<FilterFields[Field]>;
    };
  }[FilterType]
>;

export const httpRouteFilter = filterFields as unknown as z.ZodType<HttpRouteFilter>;
