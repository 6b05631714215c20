/** Rules between the fields of a HybridService. */
import { durationMs } from "./duration.ts";
import { checkHeaders } from "./http-route-filter-rules.ts";
import type { HybridBackend, HybridService } from "./hybrid-service.ts";
import type { FieldPath, Finding } from "./mistake.ts";
import { nearest } from "./nearest.ts";
import { repeated, repeatedNames, repeatedValues } from "./repeated.ts";

type Spec = HybridService["spec"];

export function checkHybridService(spec: Spec): readonly Finding[] {
  const backends = ["spec", "backends"];
  return [
    ...repeatedNames(spec.backends, backends, "the backend"),
    ...spec.backends.flatMap((backend, index) => checkBackend(backend, spec.protocol, [...backends, index])),
    ...checkSplit(spec),
    ...checkStickiness(spec),
  ];
}

function checkSplit({ split, backends }: Spec): Finding[] {
  const path = ["spec", "split"];
  const names = backends.map(({ name }) => name);
  if (split.length === 0) {
    return [
      {
        code: "LB1345",
        message: "with several backends, the split has to say how traffic is shared",
        hint: `Add split: [ { backend: ${names[0]}, weight: 100 } ].`,
        path: ["spec"],
      },
    ];
  }
  const findings = repeated(
    split,
    ({ backend }) => backend,
    path,
    ({ backend }) => ({
      code: "LB1301",
      message: `the backend ${JSON.stringify(backend)} is in the split twice`,
      hint: "Take one out.",
    }),
    "backend",
  );
  for (const [index, { backend }] of split.entries()) {
    if (names.includes(backend)) continue;
    const near = nearest(backend, names);
    findings.push({
      code: "LB1343",
      message: `the split names the backend ${JSON.stringify(backend)}, which the service doesn't have`,
      hint: near ? `Did you mean ${near}?` : `Its backends are ${names.join(", ")}.`,
      path: [...path, index, "backend"],
    });
  }
  if (split.every(({ weight }) => weight === 0)) {
    findings.push({
      code: "LB1344",
      message: "all weights are zero, so no request could be answered",
      hint: "Give at least one backend a weight over zero.",
      path,
    });
  }
  return findings;
}

function checkBackend(backend: HybridBackend, protocol: Spec["protocol"], path: FieldPath): Finding[] {
  const findings: Finding[] = checkTls(backend, [...path, "tls"]);
  if (protocol === "TCP") {
    for (const field of ["host", "requestHeaders"] as const) {
      if (backend[field] === undefined) continue;
      findings.push({
        code: "LB1350",
        message: `${field} needs HTTP, and the protocol is TCP`,
        hint: "Take it out, or choose another protocol.",
        path: [...path, field],
      });
    }
  }
  if (durationMs(backend.connectTimeout) === 0) {
    findings.push({
      code: "LB1341",
      message: "a timeout of zero lets no connection succeed",
      hint: "Write 5s, for example.",
      path: [...path, "connectTimeout"],
    });
  }
  return backend.requestHeaders
    ? [...findings, ...checkHeaders(backend.requestHeaders, [...path, "requestHeaders"])]
    : findings;
}

function checkTls({ tls, host }: HybridBackend, path: FieldPath): Finding[] {
  const findings = repeatedValues(tls.subjectAltNames, [...path, "subjectAltNames"]);
  if (tls.mode === "Disabled") {
    const field = (["sni", "caCertificateRef", "clientCertificateRef"] as const).find(
      (name) => tls[name] !== undefined,
    );
    const unused = field ?? (tls.subjectAltNames.length > 0 ? "subjectAltNames" : undefined);
    if (unused) {
      findings.push({
        code: "LB1346",
        message: `${unused} is set, but the mode is Disabled, so traffic would be plain text`,
        hint: "Set mode to Simple or Mutual, or take the settings out.",
        path: [...path, unused],
      });
    }
    return findings;
  }
  if (tls.mode === "Mutual" && !tls.clientCertificateRef) {
    findings.push({
      code: "LB1347",
      message: "Mutual TLS needs a certificate to show to the backend",
      hint: "Name a Secret of type kubernetes.io/tls under clientCertificateRef, or use mode Simple.",
      path: [...path, "mode"],
    });
  }
  if (tls.mode === "Simple" && tls.clientCertificateRef) {
    findings.push({
      code: "LB1347",
      message: "clientCertificateRef is set, but mode Simple shows no certificate",
      hint: "Use mode Mutual, or take it out.",
      path: [...path, "clientCertificateRef"],
    });
  }
  if (tls.sni === undefined && host === undefined) {
    findings.push({
      code: "LB1348",
      message: "it isn't known which name the backend's certificate has to carry",
      hint: "Set tls.sni, or host.",
      path,
    });
  }
  return findings;
}

function checkStickiness({ stickiness, protocol }: Spec): Finding[] {
  return stickiness.flatMap((key, index): Finding[] => {
    const path = ["spec", "stickiness", index];
    const kinds = Object.keys(key);
    if (kinds.length !== 1) {
      return [
        {
          code: "LB1349",
          message: `an entry has exactly one of cookie, header and sourceAddress; this one has ${kinds.length === 0 ? "none" : kinds.join(" and ")}`,
          hint: "Write one entry for each, in the order in which they are to be tried.",
          path,
        },
      ];
    }
    if (protocol === "TCP" && kinds[0] !== "sourceAddress") {
      return [
        {
          code: "LB1350",
          message: `stickiness by ${kinds[0]} needs HTTP, and the protocol is TCP`,
          hint: "Use sourceAddress.",
          path,
        },
      ];
    }
    return [];
  });
}
