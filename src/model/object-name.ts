/** Names that Kubernetes gives to objects, namespaces, fields of lists, kinds and groups. */
import type * as z from "zod";
import { checkedString } from "./checked-string.ts";
import { SUBDOMAIN_PATTERN } from "./hostname.ts";
import type { NameRule } from "./kind-definition.ts";
import type { Mistake } from "./mistake.ts";

interface NameShape {
  readonly pattern: string;
  readonly maxLength: number;
  readonly says: string;
}

const SEGMENT = "[^/%\\x00-\\x1f\\x7f]";
const SEGMENT_START = "[^./%\\x00-\\x1f\\x7f]";

const SHAPES: Readonly<Record<NameRule | "group" | "kind", NameShape>> = {
  subdomain: {
    pattern: SUBDOMAIN_PATTERN,
    maxLength: 253,
    says: "lower-case letters, digits, hyphens and dots, starting and ending with a letter or digit, at most 253",
  },
  label: {
    pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
    maxLength: 63,
    says: "lower-case letters, digits and hyphens, starting and ending with a letter or digit, at most 63",
  },
  label1035: {
    pattern: "^[a-z]([-a-z0-9]*[a-z0-9])?$",
    maxLength: 63,
    says: "lower-case letters, digits and hyphens, starting with a letter, ending with a letter or digit, at most 63",
  },
  pathSegment: {
    // Any characters but slashes, percent signs and control characters; not "." or "..".
    pattern: `^(${SEGMENT_START}${SEGMENT}*|\\.(${SEGMENT_START}|\\.${SEGMENT})${SEGMENT}*)$`,
    maxLength: 253,
    says: 'no slashes, percent signs or control characters, not "." or "..", at most 253',
  },
  group: {
    pattern: `^$|${SUBDOMAIN_PATTERN}`,
    maxLength: 253,
    says: 'a DNS name such as "gateway.networking.k8s.io", or "" for core kinds',
  },
  kind: {
    pattern: "^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$",
    maxLength: 63,
    says: "letters, digits and hyphens, starting with a letter, at most 63",
  },
};

const PATTERNS = new Map(Object.values(SHAPES).map((shape) => [shape, new RegExp(shape.pattern)]));

export function checkObjectName(value: string, rule: keyof typeof SHAPES): Mistake | undefined {
  const shape = SHAPES[rule];
  if (value.length <= shape.maxLength && PATTERNS.get(shape)?.test(value)) return undefined;
  const proposal = value
    .toLowerCase()
    .replace(/[_\s]+/g, "-")
    .slice(0, shape.maxLength);
  const usable = proposal !== value && PATTERNS.get(shape)?.test(proposal);
  return {
    code: "LB1201",
    message: `${JSON.stringify(value.slice(0, 80))} isn't a valid name: ${shape.says}`,
    hint: usable ? `Write ${JSON.stringify(proposal)}.` : "Choose another name.",
  };
}

/** The start of a name that is still to be completed: it may end with a hyphen, as in "shop-". */
export function checkNamePrefix(value: string, rule: NameRule): Mistake | undefined {
  return checkObjectName(value.length > 1 ? value.replace(/-$/, "a") : value, rule);
}

function nameField(rule: keyof typeof SHAPES): z.ZodString {
  const { pattern, maxLength } = SHAPES[rule];
  const minLength = rule === "group" ? 0 : 1;
  return checkedString((value) => checkObjectName(value, rule), { pattern, minLength, maxLength });
}

/** The name of an object of any kind (an object's own name is checked by its kind's rule). */
export const objectNameField = (): z.ZodString => nameField("subdomain");
export const namespaceField = (): z.ZodString => nameField("label");
export const labelNameField = (): z.ZodString => nameField("label");
export const sectionNameField = (): z.ZodString => nameField("subdomain");
export const roleNameField = (): z.ZodString => nameField("pathSegment");
export const groupField = (): z.ZodString => nameField("group");
export const kindField = (): z.ZodString => nameField("kind");
