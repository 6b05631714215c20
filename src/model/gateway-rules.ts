/** Rules between the fields of a Gateway (Gateway API 1.6, the CEL validations of its schema). */
import type { GatewaySpec, Listener } from "./gateway.ts";
import { checkHostname } from "./hostname.ts";
import { checkLabelKey, checkLabelValue } from "./labels.ts";
import type { FieldPath, Finding } from "./mistake.ts";
import { repeated, repeatedNames } from "./repeated.ts";

export function checkGateway(spec: GatewaySpec): readonly Finding[] {
  const listeners = ["spec", "listeners"];
  return [
    ...repeatedNames(spec.listeners, listeners, "the listener"),
    ...repeated(
      spec.listeners,
      (listener) => `${listener.port}/${listener.protocol}/${listener.hostname ?? ""}`,
      listeners,
      (listener, first) => ({
        code: "LB1302",
        message: `the listeners ${JSON.stringify(spec.listeners[first]?.name)} and ${JSON.stringify(listener.name)} have the same port, protocol and hostname`,
        hint: "Change one of the three, or merge the listeners.",
      }),
    ),
    ...spec.listeners.flatMap((listener, index) => checkListener(listener, [...listeners, index])),
    ...checkAddresses(spec),
    ...checkInfrastructure(spec),
    ...repeated(
      spec.tls?.frontend?.perPort ?? [],
      ({ port }) => port,
      ["spec", "tls", "frontend", "perPort"],
      ({ port }) => ({ code: "LB1301", message: `port ${port} is in the list twice`, hint: "Take one out." }),
      "port",
    ),
  ];
}

function checkListener(listener: Listener, path: FieldPath): Finding[] {
  const { protocol, tls, hostname } = listener;
  const findings: Finding[] = [];
  if (tls && ["HTTP", "TCP", "UDP"].includes(protocol)) {
    findings.push({
      code: "LB1303",
      message: `a listener with protocol ${protocol} can't have tls`,
      hint: protocol === "HTTP" ? "Use protocol HTTPS, or take tls out." : "Use protocol TLS, or take tls out.",
      path: [...path, "tls"],
    });
  }
  if (tls && protocol === "HTTPS" && tls.mode !== "Terminate") {
    findings.push({
      code: "LB1304",
      message: "an HTTPS listener has to terminate TLS",
      hint: "Use mode Terminate, or protocol TLS to pass connections through.",
      path: [...path, "tls", "mode"],
    });
  }
  if (protocol === "TLS" && !tls) {
    findings.push({
      code: "LB1304",
      message: "a listener with protocol TLS needs tls.mode",
      hint: "Add tls: { mode: Passthrough } or Terminate with certificateRefs.",
      path,
    });
  }
  if (hostname !== undefined && ["TCP", "UDP"].includes(protocol)) {
    findings.push({
      code: "LB1305",
      message: `a listener with protocol ${protocol} can't have a hostname`,
      hint: "Take it out: the protocol doesn't say which host is meant.",
      path: [...path, "hostname"],
    });
  }
  if (tls?.mode === "Terminate" && tls.certificateRefs.length === 0 && Object.keys(tls.options).length === 0) {
    findings.push({
      code: "LB1306",
      message: "the listener terminates TLS, but has no certificate",
      hint: "Name a Secret of type kubernetes.io/tls under certificateRefs.",
      path: [...path, "tls"],
    });
  }
  const { from, selector } = listener.allowedRoutes.namespaces;
  if (from === "Selector" && !selector) {
    findings.push({
      code: "LB1307",
      severity: "warning",
      message: "routes are chosen by a selector, but there is none: no route can attach",
      hint: "Add selector.matchLabels, or use from: All or Same.",
      path: [...path, "allowedRoutes", "namespaces"],
    });
  }
  return findings;
}

function checkAddresses({ addresses }: GatewaySpec): Finding[] {
  const path = ["spec", "addresses"];
  return [
    ...repeated(
      addresses,
      ({ type, value }) =>
        value !== undefined && (type === "IPAddress" || type === "Hostname") ? `${type}/${value}` : undefined,
      path,
      ({ value }) => ({
        code: "LB1301",
        message: `the address ${JSON.stringify(value)} is in the list twice`,
        hint: "Take one out.",
      }),
    ),
    ...addresses.flatMap(({ type, value }, index) => {
      const mistake = type === "Hostname" && value ? checkHostname(value) : undefined;
      return mistake ? [{ ...mistake, path: [...path, index, "value"] }] : [];
    }),
  ];
}

function checkInfrastructure({ infrastructure }: GatewaySpec): Finding[] {
  if (!infrastructure) return [];
  const path = ["spec", "infrastructure"];
  const keyFindings = (field: "labels" | "annotations", limit: number) => {
    const keys = Object.keys(infrastructure[field]);
    const findings: Finding[] = keys.flatMap((key) => {
      const mistake = checkLabelKey(key);
      return mistake ? [{ ...mistake, path: [...path, field, key] }] : [];
    });
    if (keys.length > limit) {
      findings.push({
        code: "LB1107",
        message: `there are ${keys.length} ${field}, and at most ${limit} are allowed`,
        hint: "Take some out.",
        path: [...path, field],
      });
    }
    return findings;
  };
  const values = Object.entries(infrastructure.labels).flatMap(([key, value]) => {
    const mistake = checkLabelValue(value);
    return mistake ? [{ ...mistake, path: [...path, "labels", key] }] : [];
  });
  return [...keyFindings("labels", 8), ...keyFindings("annotations", 16), ...values];
}
