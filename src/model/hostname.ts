/** Hostnames as the Gateway API has them: RFC 1123, lower case, ASCII, never an IP address. */
import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import type * as z from "zod";
import { checkedString } from "./checked-string.ts";
import type { Mistake } from "./mistake.ts";

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
export const SUBDOMAIN_PATTERN = `^${LABEL}(\\.${LABEL})*$`;
const WILDCARD_PATTERN = `^(\\*\\.)?${LABEL}(\\.${LABEL})*$`;
const SUBDOMAIN = new RegExp(SUBDOMAIN_PATTERN);
const MAX_LENGTH = 253;

/** "a.example.com" or "*.example.com". */
export function checkHostname(value: string): Mistake | undefined {
  return checkName(value, value.startsWith("*.") ? value.slice(2) : value, value.startsWith("*.") ? "*." : "");
}

/** "a.example.com". */
export function checkPreciseHostname(value: string): Mistake | undefined {
  if (value.includes("*")) {
    return malformed(value, "a wildcard isn't allowed here", "Name one host, such as shop.example.com.");
  }
  return checkName(value, value, "");
}

export function hostnameField(): z.ZodString {
  return checkedString(checkHostname, { pattern: WILDCARD_PATTERN, minLength: 1, maxLength: MAX_LENGTH });
}

export function preciseHostnameField(): z.ZodString {
  return checkedString(checkPreciseHostname, { pattern: SUBDOMAIN_PATTERN, minLength: 1, maxLength: MAX_LENGTH });
}

function checkName(value: string, name: string, wildcard: string): Mistake | undefined {
  if (value.length > MAX_LENGTH) {
    return malformed(value.slice(0, 40), `it has ${value.length} characters`, `A hostname has at most ${MAX_LENGTH}.`);
  }
  if (isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0) {
    return {
      code: "LB1205",
      message: `${JSON.stringify(value)} is an IP address, and a hostname is wanted`,
      hint: "Use a DNS name; to accept requests for every host, leave the hostname out.",
    };
  }
  if (SUBDOMAIN.test(name)) return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII
  if (!/^[\x00-\x7f]*$/.test(name)) return unicode(value, name, wildcard);
  const lower = name.toLowerCase();
  if (lower !== name && SUBDOMAIN.test(lower)) {
    return {
      code: "LB1203",
      message: `the hostname ${JSON.stringify(value)} has upper-case letters`,
      hint: `Write ${JSON.stringify(wildcard + lower)}: hosts are the same in either case, and the Gateway API wants lower case.`,
    };
  }
  return malformed(value, faultOf(name), "Use letters, digits and hyphens between dots, such as shop.example.com.");
}

function unicode(value: string, name: string, wildcard: string): Mistake {
  const ascii = domainToASCII(name);
  return {
    code: "LB1204",
    message: `the hostname ${JSON.stringify(value)} has characters outside ASCII`,
    hint: SUBDOMAIN.test(ascii)
      ? `Write its ASCII form ${JSON.stringify(wildcard + ascii)}.`
      : "Use letters, digits and hyphens between dots, such as shop.example.com.",
  };
}

function malformed(value: string, fault: string, hint: string): Mistake {
  return { code: "LB1206", message: `${JSON.stringify(value)} isn't a hostname: ${fault}`, hint };
}

function faultOf(name: string): string {
  if (name === "") return "it is empty";
  if (name.includes("://")) return "it is a URL; only its host belongs here";
  if (/:\d+$/.test(name)) return "it has a port, which belongs in a field of its own";
  if (name.includes("*")) return 'a wildcard is only allowed as the whole first label ("*.example.com")';
  if (name.startsWith(".") || name.endsWith(".") || name.includes("..")) return "it has an empty label";
  if (/(^|\.)-|-(\.|$)/.test(name)) return "a label starts or ends with a hyphen";
  const character = /[^-a-zA-Z0-9.]/.exec(name)?.[0];
  return character === undefined ? "it is malformed" : `${JSON.stringify(character)} isn't allowed in it`;
}
