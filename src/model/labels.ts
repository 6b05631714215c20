/** Keys and values of labels and annotations (Kubernetes, "Labels and Selectors"). */
import { SUBDOMAIN_PATTERN } from "./hostname.ts";
import type { Mistake } from "./mistake.ts";

const SUBDOMAIN = new RegExp(SUBDOMAIN_PATTERN);
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

export function checkLabelKey(key: string): Mistake | undefined {
  const slash = key.indexOf("/");
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  const prefixFits = prefix === undefined || (prefix.length <= 253 && SUBDOMAIN.test(prefix));
  if (prefixFits && name.length <= 63 && NAME.test(name)) return undefined;
  return {
    code: "LB1211",
    message: `${JSON.stringify(key.slice(0, 80))} isn't a valid key`,
    hint: "Write a name of at most 63 letters, digits, - _ or ., with a DNS name and a slash before it if you like.",
  };
}

export function checkLabelValue(value: string): Mistake | undefined {
  if (value === "" || (value.length <= 63 && NAME.test(value))) return undefined;
  return {
    code: "LB1211",
    message: `${JSON.stringify(value.slice(0, 80))} isn't a valid value of a label`,
    hint: "Use at most 63 letters, digits, - _ or ., starting and ending with a letter or digit; longer text belongs in an annotation.",
  };
}
