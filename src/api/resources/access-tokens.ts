/** AccessTokens: the secret is made here, shown once, and only its hash is kept. */
import { randomBytes, randomInt } from "node:crypto";
import { makeToken } from "../../access/token.ts";
import type { User } from "../../access/user.ts";
import { checkObjectName } from "../../model/object-name.ts";
import { isFields } from "../../model/object-reader.ts";
import { decodeObject, encodeObject } from "../../registry/json.ts";
import type { ServedObject } from "../../registry/served-object.ts";
import { badRequest } from "../status/failures.ts";
import type { Result } from "./object-writer.ts";

export interface IssuedToken {
  /** The object with the hash of its token. */
  readonly object: unknown;
  /** Undefined when the object came with a hash of a token that its author made. */
  readonly secret: string | undefined;
}

const SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** Five letters that spell no word. */
export function randomSuffix(): string {
  return Array.from({ length: 5 }, () => SUFFIX_LETTERS[randomInt(SUFFIX_LETTERS.length)]).join("");
}

/** Whose token it is and how long it lasts is in the body; without a user it is the author's own. */
export function issueToken(body: unknown, author: User): Result<IssuedToken> {
  if (!isFields(body) || !isFields(body.metadata)) return { failure: badRequest("the body isn't an AccessToken") };
  const spec = isFields(body.spec) ? body.spec : {};
  if (typeof spec.hash === "string") return { value: { object: body, secret: undefined } };
  const { metadata } = body;
  // The token carries the name of its object, so the name has to be known now.
  const prefix = typeof metadata.generateName === "string" ? metadata.generateName : "";
  const name = typeof metadata.name === "string" && metadata.name !== "" ? metadata.name : prefix + randomSuffix();
  // Any other name is refused when the object is checked.
  if (checkObjectName(name, "subdomain")) return { value: { object: body, secret: undefined } };
  const { token, hash } = makeToken(name, randomBytes(32));
  const owner = spec.user === undefined ? { user: author.name } : {};
  return {
    value: { object: { ...body, metadata: { ...metadata, name }, spec: { ...owner, ...spec, hash } }, secret: token },
  };
}

/** The one answer that has the token in it: under status, where nothing of it is ever stored. */
export function withIssuedToken(object: ServedObject, token: string): Buffer {
  return encodeObject({ ...decodeObject(object.json), status: { token } });
}
