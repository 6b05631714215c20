import type { Mistake } from "./mistake.ts";

/** Names of services on a platform: DNS names, where underscores (SRV) and upper case occur too. */
export function checkServiceName(value: string): Mistake | undefined {
  if (
    value.length <= 253 &&
    /^[A-Za-z0-9_]([-A-Za-z0-9_]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([-A-Za-z0-9_]*[A-Za-z0-9_])?)*$/.test(value)
  ) {
    return undefined;
  }
  return {
    code: "LB1217",
    message: `${JSON.stringify(value.slice(0, 80))} isn't the name of a service on a platform`,
    hint: "Use letters, digits, hyphens, underscores and dots, at most 253, such as shopfront or shopfront.dc.internal.",
  };
}
