/** Rules for the filters and backends of an HTTPRoute (Gateway API 1.6, CEL validations). */
import type { HttpBackendRef, HttpRouteRule } from "./http-route.ts";
import { FILTER_FIELDS, type FilterType, type HttpRouteFilter } from "./http-route-filter.ts";
import type { FieldPath, Finding } from "./mistake.ts";
import { repeated, repeatedNames, repeatedValues } from "./repeated.ts";
import { memberFindings } from "./union-rules.ts";

const PATH_FIELDS = { ReplaceFullPath: "replaceFullPath", ReplacePrefixMatch: "replacePrefixMatch" };
const AUTH_FIELDS = { GRPC: "grpc", HTTP: "http" };

const UNREPEATED: ReadonlySet<FilterType> = new Set([
  "CORS",
  "RequestHeaderModifier",
  "ResponseHeaderModifier",
  "RequestRedirect",
  "URLRewrite",
] as const);

/** `filters` are those of the rule or of one of its backends; prefix rewrites look at the rule's matches. */
export function checkFilters(filters: readonly HttpRouteFilter[], rule: HttpRouteRule, path: FieldPath): Finding[] {
  const shape = filters.flatMap((filter, index) => memberFindings(filter, "type", FILTER_FIELDS, [...path, index]));
  // The types of filters hold only once their fields fit their types.
  if (shape.length > 0) return shape;
  return [
    ...repeated(
      filters,
      ({ type }) => (UNREPEATED.has(type) ? type : undefined),
      path,
      ({ type }) => ({ code: "LB1316", message: `there can be only one ${type} filter`, hint: "Merge the two." }),
    ),
    ...checkRedirectAndRewrite(filters, path),
    ...filters.flatMap((filter, index) => checkFilter(filter, rule, [...path, index])),
  ];
}

/** A Service has several ports, so a reference to one needs the port. */
export function checkBackend(ref: Omit<HttpBackendRef, "filters" | "weight">, path: FieldPath): Finding[] {
  if (ref.group !== "" || ref.kind !== "Service" || ref.port !== undefined) return [];
  return [
    {
      code: "LB1319",
      message: `the reference to Service ${JSON.stringify(ref.name)} needs a port`,
      hint: "Add the port of the Service. For a HybridService, say group: landbridge.dev and kind: HybridService.",
      path,
    },
  ];
}

function checkRedirectAndRewrite(filters: readonly HttpRouteFilter[], path: FieldPath): Finding[] {
  const rewrite = filters.findIndex(({ type }) => type === "URLRewrite");
  if (rewrite < 0 || !filters.some(({ type }) => type === "RequestRedirect")) return [];
  return [
    {
      code: "LB1315",
      message: "RequestRedirect and URLRewrite can't be used together: a redirected request reaches no backend",
      hint: "Take one of the two out.",
      path: [...path, rewrite],
    },
  ];
}

function checkFilter(filter: HttpRouteFilter, rule: HttpRouteRule, path: FieldPath): Finding[] {
  const place = [...path, FILTER_FIELDS[filter.type]];
  switch (filter.type) {
    case "RequestHeaderModifier":
      return checkHeaders(filter.requestHeaderModifier, place);
    case "ResponseHeaderModifier":
      return checkHeaders(filter.responseHeaderModifier, place);
    case "RequestMirror":
      return checkMirror(filter.requestMirror, place);
    case "RequestRedirect":
      return checkPathModifier(filter.requestRedirect.path, rule, [...place, "path"]);
    case "URLRewrite":
      return checkPathModifier(filter.urlRewrite.path, rule, [...place, "path"]);
    case "CORS":
      return checkCors(filter.cors, place);
    case "ExternalAuth":
      return checkExternalAuth(filter.externalAuth, place);
    case "ExtensionRef":
      return [];
  }
}

type FilterOf<Type extends FilterType> = Extract<HttpRouteFilter, { type: Type }>;
type Rewrite = FilterOf<"URLRewrite">["urlRewrite"];

export function checkHeaders(
  modifier: FilterOf<"RequestHeaderModifier">["requestHeaderModifier"],
  path: FieldPath,
): Finding[] {
  return [
    ...repeatedNames(modifier.set, [...path, "set"], "the header"),
    ...repeatedNames(modifier.add, [...path, "add"], "the header"),
    ...repeatedValues(modifier.remove, [...path, "remove"]),
  ];
}

function checkMirror(mirror: FilterOf<"RequestMirror">["requestMirror"], path: FieldPath): Finding[] {
  const findings = checkBackend(mirror.backendRef, [...path, "backendRef"]);
  if (mirror.percent !== undefined && mirror.fraction) {
    findings.push({
      code: "LB1320",
      message: "a mirror has either percent or fraction, and here are both",
      hint: "Take one out.",
      path: [...path, "fraction"],
    });
  }
  if (mirror.fraction && mirror.fraction.numerator > mirror.fraction.denominator) {
    findings.push({
      code: "LB1321",
      message: `${mirror.fraction.numerator} of ${mirror.fraction.denominator} is more than all requests`,
      hint: "Make the numerator at most the denominator, which is 100 when it isn't given.",
      path: [...path, "fraction", "numerator"],
    });
  }
  return findings;
}

function checkPathModifier(modifier: Rewrite["path"], rule: HttpRouteRule, path: FieldPath): Finding[] {
  if (!modifier) return [];
  const shape = memberFindings(modifier, "type", PATH_FIELDS, path);
  const [match, ...others] = rule.matches;
  if (modifier.type !== "ReplacePrefixMatch" || (others.length === 0 && match?.path.type === "PathPrefix"))
    return shape;
  return [
    ...shape,
    {
      code: "LB1314",
      message:
        "ReplacePrefixMatch needs a rule with exactly one match, by PathPrefix: else it isn't clear what is replaced",
      hint: "Give each prefix a rule of its own, or use ReplaceFullPath.",
      path: [...path, "type"],
    },
  ];
}

function checkCors(cors: FilterOf<"CORS">["cors"], path: FieldPath): Finding[] {
  const lists = ["allowOrigins", "allowMethods", "allowHeaders", "exposeHeaders"] as const;
  return lists.flatMap((list) => {
    const values: readonly string[] = cors[list];
    const findings = repeatedValues(values, [...path, list]);
    if (list !== "exposeHeaders" && values.includes("*") && values.length > 1) {
      findings.push({
        code: "LB1322",
        message: `"*" in ${list} allows all, so nothing else can stand beside it`,
        hint: 'Take out "*", or everything else.',
        path: [...path, list, values.indexOf("*")],
      });
    }
    return findings;
  });
}

function checkExternalAuth(auth: FilterOf<"ExternalAuth">["externalAuth"], path: FieldPath): Finding[] {
  return [
    ...memberFindings(auth, "protocol", AUTH_FIELDS, path),
    ...checkBackend(auth.backendRef, [...path, "backendRef"]),
    ...repeatedValues(auth.grpc?.allowedHeaders ?? [], [...path, "grpc", "allowedHeaders"]),
    ...repeatedValues(auth.http?.allowedHeaders ?? [], [...path, "http", "allowedHeaders"]),
    ...repeatedValues(auth.http?.allowedResponseHeaders ?? [], [...path, "http", "allowedResponseHeaders"]),
  ];
}
