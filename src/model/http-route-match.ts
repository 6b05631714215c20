/** What an HTTPRoute's rule matches. */
import * as z from "zod";
import { headerNameField, headerValueField } from "./header-name.ts";

export const HTTP_METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"] as const;

const valueMatchType = () =>
  z
    .enum(["Exact", "RegularExpression"])
    .default("Exact")
    .describe("How the value is compared; expressions are RE2 and match whole values.");

const pathMatch = z.strictObject({
  type: z
    .enum(["Exact", "PathPrefix", "RegularExpression"])
    .default("PathPrefix")
    .describe("PathPrefix goes by whole path elements: /a matches /a/b, not /ab. Expressions are RE2."),
  value: z.string().max(1024).default("/").describe("The path, prefix or expression."),
});

export const DEFAULT_PATH = { type: "PathPrefix", value: "/" } as const;

export const httpRouteMatch = z.strictObject({
  path: pathMatch.default(DEFAULT_PATH).describe("Path of the request; absent: every path."),
  headers: z
    .array(
      z.strictObject({
        type: valueMatchType(),
        name: headerNameField().describe("Name of the header; upper and lower case are the same."),
        value: headerValueField().describe("Value that it must have."),
      }),
    )
    .max(16)
    .default([])
    .describe("Headers that the request must all have."),
  queryParams: z
    .array(
      z.strictObject({
        type: valueMatchType(),
        name: headerNameField().describe("Name of the parameter; upper and lower case differ."),
        value: z.string().min(1).max(1024).describe("Value that it must have."),
      }),
    )
    .max(16)
    .default([])
    .describe("Query parameters that the request must all have."),
  method: z.enum(HTTP_METHODS).optional().describe("Method of the request; absent: any."),
});
