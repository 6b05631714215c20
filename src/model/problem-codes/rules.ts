import type { ProblemDescription } from "../problem.ts";

/** Problems between the fields of one object. */
export const RULE_PROBLEMS = {
  LB1301: {
    title: "Twice in one list",
    meaning: "Two entries of a list have the same name or value, where each may be there once.",
    wayOut: "Rename one, or take it out.",
  },
  LB1302: {
    title: "Two listeners are the same",
    meaning: "Listeners of one Gateway need different ports, protocols or hostnames.",
    wayOut: "Change one of the three, or merge the listeners.",
  },
  LB1303: {
    title: "TLS where there is none",
    meaning: "Listeners for HTTP, TCP and UDP can't have TLS settings.",
    wayOut: "Use HTTPS or TLS, or take tls out.",
  },
  LB1304: {
    title: "The TLS mode doesn't fit",
    meaning: "HTTPS listeners terminate TLS; TLS listeners have to say what they do.",
    wayOut: "Set tls.mode as the hint says.",
  },
  LB1305: {
    title: "A hostname where there is none",
    meaning: "TCP and UDP don't say which host is meant.",
    wayOut: "Take the hostname out.",
  },
  LB1306: {
    title: "No certificate",
    meaning: "A listener that terminates TLS needs at least one certificate.",
    wayOut: "Name a Secret under certificateRefs.",
  },
  LB1307: {
    title: "No selector",
    meaning: "Namespaces are chosen by a selector, but none is given, so none is chosen.",
    wayOut: "Add selector.matchLabels, or use from: All or Same.",
  },
  LB1310: {
    title: "References to one parent don't fit together",
    meaning: "One reference takes all of the parent, another a part of it.",
    wayOut: "Give each a sectionName, or each a port, or keep one.",
  },
  LB1311: {
    title: "Two references are the same",
    meaning: "The route refers to the same part of the same parent twice.",
    wayOut: "Take one out.",
  },
  LB1312: {
    title: "Too many matches",
    meaning: "All rules of a route together can have 128 matches.",
    wayOut: "Divide the route.",
  },
  LB1313: {
    title: "Redirect with backends",
    meaning: "A rule that redirects sends nothing to backends.",
    wayOut: "Take out the filter or the backendRefs.",
  },
  LB1314: {
    title: "No prefix to replace",
    meaning: "Replacing a matched prefix needs exactly one match, by PathPrefix.",
    wayOut: "Give each prefix a rule of its own, or use ReplaceFullPath.",
  },
  LB1315: {
    title: "Redirect with rewrite",
    meaning: "A request is either redirected or rewritten.",
    wayOut: "Take one of the filters out.",
  },
  LB1316: {
    title: "The filter is there twice",
    meaning: "Filters of this type can't be repeated in one list.",
    wayOut: "Merge the two.",
  },
  LB1317: {
    title: "The settings are missing",
    meaning: "The type that is chosen needs the field of the same name.",
    wayOut: "Add the field, or choose another type.",
  },
  LB1318: {
    title: "Settings of another type",
    meaning: "A field belongs to a type that isn't chosen, and would have no effect.",
    wayOut: "Take it out, or choose its type.",
  },
  LB1319: {
    title: "The port is missing",
    meaning: "A Service has several ports, so a reference to it needs one.",
    wayOut: "Add the port; for a HybridService, add its group and kind.",
  },
  LB1320: {
    title: "Two shares for one mirror",
    meaning: "A mirror takes percent or fraction.",
    wayOut: "Take one out.",
  },
  LB1321: {
    title: "More than all requests",
    meaning: "The numerator of a fraction is larger than its denominator.",
    wayOut: "Make it at most as large.",
  },
  LB1322: {
    title: "A star beside others",
    meaning: "* allows everything, so other entries have no meaning.",
    wayOut: "Take out the star, or everything else.",
  },
  LB1325: {
    title: "One try may take longer than all",
    meaning: "The timeout for one try is longer than that for the whole request.",
    wayOut: "Make backendRequest at most as long as request.",
  },
  LB1326: {
    title: "No end of the session",
    meaning: "A permanent session cookie needs absoluteTimeout.",
    wayOut: "Add it, or use lifetimeType Session.",
  },
  LB1327: {
    title: "Settings of a cookie without a cookie",
    meaning: "cookieConfig is given, but the session is carried by a header.",
    wayOut: "Use type Cookie, or take cookieConfig out.",
  },
  LB1330: {
    title: "Ports without names",
    meaning: "Each port of a Service with several ports needs a name.",
    wayOut: "Add a name to each.",
  },
  LB1331: {
    title: "The address doesn't fit its type",
    meaning: "An EndpointSlice holds addresses of one type.",
    wayOut: "Correct the address or the addressType.",
  },
  LB1332: {
    title: "An entry of the TLS Secret is missing",
    meaning: "A Secret of type kubernetes.io/tls needs tls.crt and tls.key.",
    wayOut: "Add the missing entry.",
  },
  LB1340: {
    title: "minTtl is longer than maxTtl",
    meaning: "No answer could be kept for a time that fits both.",
    wayOut: "Make minTtl at most as long as maxTtl.",
  },
  LB1341: {
    title: "The timeout is zero",
    meaning: "A timeout of zero here means that nothing ever succeeds.",
    wayOut: "Write a longer one, such as 2s.",
  },
  LB1343: {
    title: "The split names an unknown backend",
    meaning: "Each entry of the split names a backend of the same HybridService.",
    wayOut: "Use the name of a backend.",
  },
  LB1344: {
    title: "All weights are zero",
    meaning: "A split needs at least one backend that gets traffic.",
    wayOut: "Give a backend a weight over zero.",
  },
  LB1345: {
    title: "The split is missing",
    meaning: "With several backends it has to be said how traffic is shared.",
    wayOut: "Add split, with at least one backend.",
  },
  LB1346: {
    title: "TLS settings without TLS",
    meaning: "TLS settings are given while the mode is Disabled, so traffic would be plain text.",
    wayOut: "Set the mode to Simple or Mutual, or take the settings out.",
  },
  LB1347: {
    title: "The client certificate doesn't fit the mode",
    meaning: "Mutual TLS needs a client certificate, Simple has none.",
    wayOut: "Add clientCertificateRef for Mutual, or take it out for Simple.",
  },
  LB1348: {
    title: "No name to check",
    meaning: "With TLS it must be known which name the backend's certificate has to carry.",
    wayOut: "Set tls.sni, or host.",
  },
  LB1349: {
    title: "Not exactly one kind of stickiness",
    meaning: "Each entry of stickiness is a cookie, a header or the source address.",
    wayOut: "Write one entry for each.",
  },
  LB1350: {
    title: "HTTP settings for TCP",
    meaning: "Hosts, headers and cookies exist only in HTTP.",
    wayOut: "Take the settings out, or choose another protocol.",
  },
} as const satisfies Record<string, ProblemDescription>;
