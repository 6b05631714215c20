import type { ProblemDescription } from "../problem.ts";

/** Problems with single values. */
export const VALUE_PROBLEMS = {
  LB1201: {
    title: "The name isn't valid",
    meaning: "Names of objects and list entries follow Kubernetes' rules.",
    wayOut: "Use lower-case letters, digits and hyphens, as the hint says.",
  },
  LB1202: {
    title: "A namespace where there is none",
    meaning: "Objects of this kind belong to the whole estate, not to a namespace.",
    wayOut: "Take metadata.namespace out.",
  },
  LB1203: {
    title: "The hostname has upper-case letters",
    meaning: "Hostnames are the same in either case; the Gateway API wants lower case.",
    wayOut: "Write the lower-case form.",
  },
  LB1204: {
    title: "The hostname isn't ASCII",
    meaning: "Internationalised names are matched in their ASCII form (punycode).",
    wayOut: "Write the ASCII form that the hint gives.",
  },
  LB1205: {
    title: "An IP address instead of a hostname",
    meaning: "Hosts are matched by name.",
    wayOut: "Use a DNS name, or leave the hostname out to accept every host.",
  },
  LB1206: {
    title: "The hostname is malformed",
    meaning: "The text isn't a DNS name.",
    wayOut: "Write labels of letters, digits and hyphens with dots between them.",
  },
  LB1207: {
    title: "The duration is malformed",
    meaning: "Durations are written as the Gateway API has them (GEP-2257).",
    wayOut: "Write whole numbers with h, m, s or ms: 1h30m, 10s, 500ms.",
  },
  LB1208: {
    title: "The address is malformed",
    meaning: "A place that wants an IP address with a port has something else.",
    wayOut: "Write 10.1.0.4:8010, or [fd00::4]:8010.",
  },
  LB1209: {
    title: "The header name is malformed",
    meaning: "Header, cookie and query parameter names are tokens (RFC 9110).",
    wayOut: "Use letters, digits and hyphens.",
  },
  LB1210: {
    title: "The expression isn't RE2",
    meaning: "Expressions run in Envoy, whose engine is RE2: it has no look-around and no back-references.",
    wayOut: "Rewrite the expression in RE2's syntax.",
  },
  LB1211: {
    title: "The key or value of a label is malformed",
    meaning: "Labels, annotations and entries of Secrets follow Kubernetes' rules.",
    wayOut: "Use letters, digits, - _ and ., as the hint says.",
  },
  LB1212: {
    title: "Not base64",
    meaning: "The values under a Secret's data are base64.",
    wayOut: "Encode the value, or put plain text under stringData.",
  },
  LB1213: {
    title: "The header value is malformed",
    meaning: "Values of headers are printable ASCII with single spaces inside.",
    wayOut: "Take the other characters out.",
  },
  LB1214: {
    title: "The path is malformed",
    meaning: "A path that is matched exactly or as a prefix has a form that no normalised request has.",
    wayOut: "Write an absolute path without // . .. or encoded slashes.",
  },
  LB1215: {
    title: "The origin is malformed",
    meaning: "CORS origins are a scheme and a host, optionally with a port.",
    wayOut: "Write https://shop.example.com, https://*.example.com or *.",
  },
  LB1216: {
    title: "The controller name is malformed",
    meaning: "A controller is named by a domain and a path.",
    wayOut: "Write landbridge.dev/gateway-controller.",
  },
  LB1217: {
    title: "The name of the service isn't valid",
    meaning: "Platforms know services by DNS-like names.",
    wayOut: "Use letters, digits, hyphens, underscores and dots.",
  },
  LB1218: {
    title: "The protocol isn't valid",
    meaning: "The text can't be the name of a protocol.",
    wayOut: "Write HTTP or HTTPS.",
  },
  LB1219: {
    title: "The address type isn't valid",
    meaning: "Addresses of a Gateway are IPAddress, Hostname or NamedAddress.",
    wayOut: "Write one of these.",
  },
  LB1220: {
    title: "The time is malformed",
    meaning: "Times are written as RFC 3339 has them.",
    wayOut: "Write 2026-01-31T12:00:00Z, or take the field out.",
  },
  LB1221: {
    title: "The header belongs to the connection",
    meaning:
      "Headers such as Content-Length, Transfer-Encoding and Connection say where a message ends and how its connection is used. Connections are shared, so a changed one would mix up the requests of others.",
    wayOut: "Take the header out; the gateway sets it as each connection needs it.",
  },
  LB1222: {
    title: "The name of a user or group isn't valid",
    meaning: "Names of users and groups are shown in logs, so they hold no control characters, and they aren't empty.",
    wayOut: "Write at most 253 characters, without line breaks and the like.",
  },
  LB1223: {
    title: "Not a hash",
    meaning: "The field holds the SHA-256 hash of a token, as 64 lower-case hexadecimal digits.",
    wayOut: "Leave it out: landbridge token create makes the token and its hash.",
  },
} as const satisfies Record<string, ProblemDescription>;
