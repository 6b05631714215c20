/** Rules between the fields of a Platform. */
import { durationMs } from "./duration.ts";
import type { Finding } from "./mistake.ts";
import type { Platform } from "./platform.ts";
import { repeated, repeatedValues } from "./repeated.ts";
import { memberFindings } from "./union-rules.ts";

export function checkPlatform(spec: Platform["spec"]): readonly Finding[] {
  const services = ["spec", "static", "services"];
  return [
    ...memberFindings(spec, "type", { Static: "static", DNS: "dns" }, ["spec"]),
    ...repeated(
      spec.static?.services ?? [],
      ({ name, namespace }) => `${namespace ?? ""}/${name}`,
      services,
      ({ name }) => ({
        code: "LB1301",
        message: `the service ${JSON.stringify(name)} is in the list twice`,
        hint: "Put all of its endpoints into one entry.",
      }),
      "name",
    ),
    ...(spec.static?.services ?? []).flatMap(({ endpoints }, index) =>
      repeatedValues(endpoints, [...services, index, "endpoints"]),
    ),
    ...checkDns(spec.dns),
  ];
}

function checkDns(dns: Platform["spec"]["dns"]): Finding[] {
  if (!dns) return [];
  const findings = repeatedValues(dns.servers, ["spec", "dns", "servers"]);
  if (durationMs(dns.minTtl) > durationMs(dns.maxTtl)) {
    findings.push({
      code: "LB1340",
      message: `minTtl (${dns.minTtl}) is longer than maxTtl (${dns.maxTtl})`,
      hint: "Make minTtl at most as long as maxTtl; when not given they are 1s and 5m.",
      path: ["spec", "dns", "minTtl"],
    });
  }
  if (durationMs(dns.timeout) === 0) {
    findings.push({
      code: "LB1341",
      message: "a timeout of zero lets no answer arrive",
      hint: "Write 2s, for example.",
      path: ["spec", "dns", "timeout"],
    });
  }
  return findings;
}
