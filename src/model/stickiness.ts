/** What identifies a user for a sticky split. */
import * as z from "zod";
import { checkedString } from "./checked-string.ts";
import { durationField } from "./duration.ts";
import { headerNameField } from "./header-name.ts";
import { checkPathMatch } from "./url-path.ts";

export type StickyKeySpec =
  | {
      readonly cookie: { readonly name: string; readonly path?: string | undefined; readonly ttl?: string | undefined };
    }
  | { readonly header: { readonly name: string } }
  | { readonly sourceAddress: Readonly<Record<string, never>> };

const cookiePath = checkedString(checkPathMatch, { pattern: "^/" }).max(1024);

const fields = z.strictObject({
  cookie: z
    .strictObject({
      name: headerNameField().describe("Name of the cookie; the gateway sets it when a request has none."),
      path: cookiePath.optional().describe("Path of the cookie; absent: that of the request."),
      ttl: durationField().optional().describe("Lifetime of the cookie; absent: until the browser closes."),
    })
    .optional()
    .describe("By a cookie."),
  header: z
    .strictObject({ name: headerNameField().describe("Name of the header.") })
    .optional()
    .describe("By the value of a request header."),
  sourceAddress: z.strictObject({}).optional().describe("By the client's IP address."),
});

/** Fields of which exactly one is set; checkHybridService holds that, so the type can say it. */
export const stickyKey = fields as unknown as z.ZodType<StickyKeySpec>;
