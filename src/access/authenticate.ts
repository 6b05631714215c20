import { equal } from "../lib/equal.ts";
import { BOOTSTRAP_USER } from "./bootstrap-user.ts";
import { parseToken, sameHash } from "./token.ts";
import { AUTHENTICATED_GROUP, type User } from "./user.ts";

/** The part of an AccessToken object that says for whom it stands. */
export interface AccessTokenSpec {
  readonly user: string;
  readonly groups?: readonly string[] | undefined;
  /** RFC 3339. */
  readonly expirationTimestamp?: string | undefined;
  /** SHA-256 of the token, hexadecimal; a token whose hash isn't known lets nobody in. */
  readonly hash?: string | undefined;
}

export interface AuthenticatorOptions {
  /** The spec of the AccessToken object of this name, as it is now. */
  readonly token: (name: string) => AccessTokenSpec | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Of the bootstrap credential; undefined: there is none. */
  readonly bootstrapHash: string | undefined;
}

/** Why a credential was refused. */
export interface Refusal {
  readonly refused: "malformed" | "unknown" | "expired";
  /** For the log; never for the client, who could learn which names exist. */
  readonly detail: string;
}

/** What every refused client is told. */
export const UNAUTHORIZED = "the credential isn't valid";

/** Compared with when there is no hash, so that an unknown name takes as long as a wrong secret. */
const NO_HASH = "0".repeat(64);

/** What a user was let in by. */
type Proof =
  | { readonly kind: "bootstrap" }
  | { readonly kind: "token"; readonly name: string; readonly spec: AccessTokenSpec };

/** Finds out who shows a token, and whether somebody who was let in would still be. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #proofs = new WeakMap<User, Proof>();

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  authenticateToken(text: string): User | Refusal {
    const parsed = parseToken(text);
    if (!parsed) return { refused: "malformed", detail: "the text isn't a token of Landbridge" };
    const { bootstrapHash, token } = this.#options;
    if (sameHash(parsed.hash, bootstrapHash ?? NO_HASH)) return this.#admit(BOOTSTRAP_USER, { kind: "bootstrap" });
    const { name } = parsed;
    const spec = token(name);
    if (!sameHash(parsed.hash, spec?.hash ?? NO_HASH) || !spec) {
      const why = spec ? "has another secret" : "doesn't exist";
      return { refused: "unknown", detail: `AccessToken ${name} ${why}` };
    }
    const expires = expiryOf(spec);
    if (this.#isOver(expires)) {
      return { refused: "expired", detail: `AccessToken ${name} of ${spec.user} ended ${spec.expirationTimestamp}` };
    }
    const groups = [...new Set([...(spec.groups ?? []), AUTHENTICATED_GROUP])];
    const user: User = { name: spec.user, groups, credential: { kind: "token", name, expires } };
    return this.#admit(user, { kind: "token", name, spec });
  }

  /**
   * Whether an open watch may go on: false once the token has expired, was deleted, or stands for somebody else. `user` is
   * the very object that authentication returned. Certificates can't be revoked, so only their end counts.
   */
  stillHolds(user: User): boolean {
    if (user.credential.kind === "certificate") return !this.#isOver(user.credential.expires);
    const proof = this.#proofs.get(user);
    if (!proof) return false;
    if (proof.kind === "bootstrap") return true;
    const spec = this.#options.token(proof.name);
    return spec !== undefined && !this.#isOver(expiryOf(spec)) && equal(identityOf(spec), identityOf(proof.spec));
  }

  #admit(user: User, proof: Proof): User {
    const admitted = { ...user };
    this.#proofs.set(admitted, proof);
    return admitted;
  }

  #isOver(expires: number | undefined): boolean {
    return expires !== undefined && !(this.#options.now() < expires);
  }
}

/** NaN, for a time that can't be read, is over at once. */
function expiryOf({ expirationTimestamp }: AccessTokenSpec): number | undefined {
  return expirationTimestamp === undefined ? undefined : Date.parse(expirationTimestamp);
}

function identityOf({ user, groups = [], hash }: AccessTokenSpec) {
  return { user, groups, hash };
}
