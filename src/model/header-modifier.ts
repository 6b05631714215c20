/** Changes to headers (HTTPHeaderFilter of the Gateway API). */
import * as z from "zod";
import { changeableHeaderNameField, headerValueField } from "./header-name.ts";

const headerValues = (description: string) =>
  z
    .array(
      z.strictObject({
        name: changeableHeaderNameField().describe("Name of the header; upper and lower case are the same."),
        value: headerValueField().describe("Value of the header."),
      }),
    )
    .max(16)
    .default([])
    .describe(description);

export const headerModifier = z.strictObject({
  set: headerValues("Headers to set, replacing what was there."),
  add: headerValues("Headers to add to what is there."),
  remove: z.array(changeableHeaderNameField()).max(16).default([]).describe("Names of headers to take away."),
});
