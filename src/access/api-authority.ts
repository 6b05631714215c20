/** The authority that vouches for the API and for clients with certificates. */
import { isIP } from "node:net";
import { checkPreciseHostname } from "../model/hostname.ts";
import type { Problem } from "../model/problem.ts";
import { accessProblem } from "./access-problem.ts";
import { type Authority, openAuthority, SKEW_MS } from "./authority-files.ts";
import {
  type CertificateAndKey,
  makeClientCertificate,
  makeServerCertificate,
  type ServerNames,
  type Validity,
} from "./certificate-factory.ts";

const DAY_MS = 86_400_000;
const SERVER_DAYS = 30;
/** A computer may sleep through a timer of weeks, so a clock is looked at instead. */
const LOOK_EVERY_MS = 3_600_000;

/** Certificates of clients can't be revoked, so they are short. */
export const DEFAULT_CLIENT_DAYS = 1;
export const MAX_CLIENT_DAYS = 90;
const MAX_GROUPS = 64;
/** Nothing that could forge a line of a log. */
const PRINCIPAL = /^\P{Cc}{1,253}$/u;

export interface ServerCredentials extends CertificateAndKey {
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface ClientRequest {
  readonly user: string;
  readonly groups?: readonly string[] | undefined;
  /** How long it is valid, at most MAX_CLIENT_DAYS; parts of days are fine. DEFAULT_CLIENT_DAYS when absent. */
  readonly days?: number | undefined;
}

/**
 * Opens the authority in `directory`, or makes it there on the first start.
 *
 * @param names hosts and addresses by which clients reach the API, next to localhost, 127.0.0.1 and ::1
 * @param now milliseconds since 1970
 */
export async function openApiAuthority(
  directory: string,
  names: readonly string[],
  now: () => number,
): Promise<ApiAuthority | { readonly problem: Problem }> {
  for (const name of names) {
    const mistake = isIP(name) === 0 ? checkPreciseHostname(name) : undefined;
    if (mistake) {
      const { message, hint = "Name a host or an address." } = mistake;
      return { problem: accessProblem("LB7214", message, { hint }) };
    }
  }
  const authority = await openAuthority(directory, now());
  if ("problem" in authority) return authority;
  const all = [...new Set(["localhost", "127.0.0.1", "::1", ...names])];
  const api = new ApiAuthority(
    authority,
    { dns: all.filter((name) => isIP(name) === 0), ip: all.filter((name) => isIP(name) !== 0) },
    now,
  );
  await api.renewIfDue();
  return api;
}

export class ApiAuthority {
  /** What clients have to trust. */
  readonly caPem: string;
  /** When the authority itself ends; milliseconds since 1970. */
  readonly notAfter: number;
  readonly #authority: Authority;
  readonly #names: ServerNames;
  readonly #now: () => number;
  #server: ServerCredentials | undefined;

  constructor(authority: Authority, names: ServerNames, now: () => number) {
    this.caPem = authority.caPem;
    this.notAfter = authority.notAfter;
    this.#authority = authority;
    this.#names = names;
    this.#now = now;
  }

  /** For the TLS server. Kept in memory only: a start makes new ones, which clients trust as they trusted the old. */
  serverCredentials(): ServerCredentials {
    if (!this.#server) throw new Error("the authority was not opened by openApiAuthority");
    return this.#server;
  }

  /** Makes a new server certificate when a third of the life of the present one is left. Returns whether it did. */
  async renewIfDue(): Promise<boolean> {
    const now = this.#now();
    if ((this.#server && !isDue(this.#server, now)) || now >= this.notAfter) return false;
    const validity = this.#validity(now, SERVER_DAYS);
    this.#server = { ...(await makeServerCertificate(this.#authority, this.#names, validity)), ...validity };
    return true;
  }

  /** Renews for as long as it isn't stopped; `onRenewed` hands what is new to the TLS server (`setSecureContext`). */
  keepRenewed(onRenewed: (credentials: ServerCredentials) => void): { stop(): void } {
    const look = async () => {
      if (await this.renewIfDue()) onRenewed(this.serverCredentials());
    };
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    timer.unref();
    return { stop: () => clearInterval(timer) };
  }

  /** Whether the one who asks may have a certificate for this user is the caller's to check (missingToIssue). */
  async issueClient({
    user,
    groups = [],
    days = DEFAULT_CLIENT_DAYS,
  }: ClientRequest): Promise<(CertificateAndKey & Validity) | { readonly problem: Problem }> {
    const refuse = (why: string) => ({ problem: accessProblem("LB7213", why) });
    const unfit = [user, ...groups].find((name) => !PRINCIPAL.test(name));
    if (unfit !== undefined) return refuse(`${JSON.stringify(unfit.slice(0, 80))} isn't the name of a user or group`);
    if (groups.length > MAX_GROUPS) return refuse(`there are ${groups.length} groups, and at most ${MAX_GROUPS} fit`);
    if (!(days > 0 && days <= MAX_CLIENT_DAYS)) {
      return refuse(`a client certificate can be valid for at most ${MAX_CLIENT_DAYS} days, not ${days}`);
    }
    const validity = this.#validity(this.#now(), days);
    return { ...(await makeClientCertificate(this.#authority, user, groups, validity)), ...validity };
  }

  /** Never longer than the authority itself. */
  #validity(now: number, days: number): Validity {
    return { notBefore: now - SKEW_MS, notAfter: Math.min(now + days * DAY_MS, this.notAfter) };
  }
}

/** Also when the clock went back to before it begins. */
function isDue({ notBefore, notAfter }: Validity, now: number): boolean {
  return now < notBefore || notAfter - now <= (notAfter - notBefore) / 3;
}
