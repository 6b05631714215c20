import * as z from "zod";
import { checkedString } from "./checked-string.ts";
import { defineKind, LANDBRIDGE_GROUP } from "./kind-definition.ts";
import type { Mistake } from "./mistake.ts";
import { timestampField } from "./timestamp.ts";

const MAX_NAME_LENGTH = 253;
const NAME_PATTERN = "^[^\\x00-\\x1f\\x7f]+$";
const NAME = new RegExp(NAME_PATTERN);
const HASH_PATTERN = "^[0-9a-f]{64}$";
const HASH = new RegExp(HASH_PATTERN);

/** User and group names are free text, as in Kubernetes, but never such as could forge a line of a log. */
function checkUserName(value: string): Mistake | undefined {
  if (value.length <= MAX_NAME_LENGTH && NAME.test(value)) return undefined;
  return {
    code: "LB1222",
    message: `${JSON.stringify(value.slice(0, 80))} isn't the name of a user or group`,
    hint: `Write 1 to ${MAX_NAME_LENGTH} characters without line breaks and other control characters.`,
  };
}

function checkHash(value: string): Mistake | undefined {
  if (HASH.test(value)) return undefined;
  return {
    code: "LB1223",
    message: "the value isn't a SHA-256 hash",
    hint: "Leave it out: `landbridge token create` makes the token and its hash.",
  };
}

const userName = () =>
  checkedString(checkUserName, { pattern: NAME_PATTERN, minLength: 1, maxLength: MAX_NAME_LENGTH });

const schema = z.strictObject({
  spec: z
    .strictObject({
      user: userName().describe("User that whoever shows the token is."),
      groups: z
        .array(userName())
        .max(64)
        .default([])
        .describe("Groups that the user is in, next to system:authenticated."),
      expirationTimestamp: timestampField()
        .optional()
        .describe("When the token ends (RFC 3339); absent: when this object is deleted."),
      description: z.string().max(253).optional().describe("What the token is for, in a few words."),
      hash: checkedString(checkHash, { pattern: HASH_PATTERN })
        .optional()
        .describe("SHA-256 of the token in lower-case hex, set when it is made. The token itself is kept nowhere."),
    })
    .describe("Who the token makes its bearer."),
});

export const accessTokenKind = defineKind({
  kind: "AccessToken",
  plural: "accesstokens",
  singular: "accesstoken",
  shortNames: ["token"],
  group: LANDBRIDGE_GROUP,
  versions: ["v1alpha1"],
  namespaced: false,
  nameRule: "subdomain",
  description: "A token that lets its bearer use the API as a user. It ends when its time is over or the object goes.",
  schema,
});
