/** One case for each thing that can be wrong with an object's text. The sign ‸ marks the place that the Problem names. */

export interface BadInputCase {
  readonly code: string;
  readonly path: string;
  readonly text: string;
  readonly severity?: "warning";
}

const META = "metadata: { name: x }";
const route = (spec: string) => `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n${META}\nspec:\n${spec}\n`;
const rule = (fields: string) => route(`  rules:\n  - ${fields}`);
const filter = (fields: string) => rule(`filters: [ ${fields} ]`);
const gateway = (listeners: string) =>
  `apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n${META}\nspec:\n  gatewayClassName: c\n  listeners:\n${listeners}\n`;
const listener = (fields: string) => gateway(`  - { name: a, port: 80, ${fields} }`);
const hybrid = (spec: string) =>
  `apiVersion: landbridge.dev/v1alpha1\nkind: HybridService\n${META}\nspec:\n  port: 80\n${spec}\n`;
const twoLegs = "  backends: [ { name: vm, platform: p }, { name: k8s, platform: q } ]\n";
const leg = (fields: string) => hybrid(`  backends: [ { name: vm, platform: p, ${fields} } ]`);
const platform = (spec: string) => `apiVersion: landbridge.dev/v1alpha1\nkind: Platform\n${META}\nspec:\n${spec}\n`;
const secret = (fields: string) => `apiVersion: v1\nkind: Secret\n${META}\n${fields}\n`;
const namespace = (metadata: string) => `apiVersion: v1\nkind: Namespace\nmetadata: ${metadata}\n`;
const role = (kind: string, fields: string) =>
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: ${kind}\n${META}\n${fields}\n`;
const token = (spec: string) => `apiVersion: landbridge.dev/v1alpha1\nkind: AccessToken\n${META}\nspec: { ${spec} }\n`;
const twentyMatches = Array.from({ length: 43 }, () => "{ method: GET }").join(", ");

export const BAD_INPUT: readonly BadInputCase[] = [
  // The text itself
  { code: "LB1001", path: "", text: "kind: [ a, b\n‸" },
  { code: "LB1001", path: "", text: "a: ‸*missing\n" },
  { code: "LB1003", path: "", text: `kind: Namespace\napiVersion: v1\n‸kind: Service\n${META}\n` },
  { code: "LB1004", path: "", text: bomb() },
  { code: "LB1005", path: "", text: `${"[".repeat(100)}‸[[` },
  { code: "LB1006", path: "", text: "kind: a‸\0b\n" },
  { code: "LB1006", path: "", text: 'kind: ‸"a\\0b"\n' },
  { code: "LB1007", path: "", text: "kind: a\n‸__proto__: { polluted: true }\n" },
  { code: "LB1007", path: "", text: "? ‸[ a ]\n: b\n" },
  { code: "LB1008", path: "", text: "‸just words\n" },
  { code: "LB1009", path: "", text: "‸metadata: { name: x }\n" },
  { code: "LB1009", path: "kind", text: "apiVersion: v1\nkind: ‸7\n" },
  { code: "LB1010", path: "kind", text: `apiVersion: gateway.networking.k8s.io/v1\nkind: ‸HttpRuote\n${META}\n` },
  { code: "LB1011", path: "apiVersion", text: `apiVersion: ‸networking.istio.io/v1\nkind: Gateway\n${META}\n` },
  { code: "LB1012", path: "", text: "kind: ‸!include other.yaml\n" },
  { code: "LB1013", path: "", text: "base: &b { a: 1 }\nuse:\n  ‸<<: *b\n" },
  { code: "LB1014", path: "", text: `‸[${"1,".repeat(500_001)}]` },
  // Fields
  { code: "LB1101", path: "spec.hostname", text: route("  ‸hostname: a.example.com") },
  { code: "LB1101", path: "spec.rules[0].constructor", text: rule("‸constructor: 1") },
  {
    code: "LB1102",
    path: "spec.rules[0].backendRefs[0].weight",
    text: rule('backendRefs: [ { name: a, port: 80, weight: ‸"5" } ]'),
  },
  {
    code: "LB1102",
    path: "spec.split[0].weight",
    text: hybrid(`${twoLegs}  split: [ { backend: vm, weight: ‸.nan } ]`),
  },
  {
    code: "LB1102",
    path: "spec.split[0].weight",
    text: hybrid(`${twoLegs}  split: [ { backend: vm, weight: ‸.inf } ]`),
  },
  { code: "LB1102", path: "spec.hostnames", text: route("  hostnames: ‸a.example.com") },
  {
    code: "LB1103",
    path: "spec.listeners",
    text: `apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n${META}\n‸spec:\n  gatewayClassName: c\n`,
  },
  { code: "LB1103", path: "metadata", text: "‸apiVersion: v1\nkind: Namespace\n" },
  { code: "LB1104", path: "spec.rules[0].matches[0].method", text: rule("matches: [ { method: ‸get } ]") },
  { code: "LB1105", path: "spec.split[0].weight", text: hybrid(`${twoLegs}  split: [ { backend: vm, weight: ‸-1 } ]`) },
  {
    code: "LB1105",
    path: "spec.split[0].weight",
    text: hybrid(`${twoLegs}  split: [ { backend: vm, weight: ‸1000001 } ]`),
  },
  {
    code: "LB1106",
    path: "spec.description",
    text: `apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\n${META}\nspec:\n  controllerName: a.b/c\n  description: ‸${"x".repeat(65)}\n`,
  },
  { code: "LB1107", path: "spec.rules", text: route("  rules: ‸[]") },
  {
    code: "LB1108",
    path: "spec.split[0].weight",
    text: hybrid(`${twoLegs}  split: [ { backend: vm, weight: ‸0.5 } ]`),
  },
  // Values
  { code: "LB1201", path: "metadata.name", text: namespace("{ name: ‸My_Team }") },
  {
    code: "LB1201",
    path: "metadata.name",
    text: "apiVersion: v1\nkind: Service\nmetadata: { name: ‸1st }\nspec: {}\n",
  },
  { code: "LB1202", path: "metadata.namespace", text: namespace("{ name: a, namespace: ‸b }") },
  { code: "LB1203", path: "spec.hostnames[0]", text: route("  hostnames: [ ‸Shop.Example.com ]") },
  { code: "LB1204", path: "spec.hostnames[0]", text: route("  hostnames: [ ‸bücher.example ]") },
  { code: "LB1205", path: "spec.hostnames[0]", text: route('  hostnames: [ ‸"10.0.0.1" ]') },
  { code: "LB1206", path: "spec.hostnames[0]", text: route("  hostnames: [ ‸a..b ]") },
  { code: "LB1207", path: "spec.rules[0].timeouts.request", text: rule("timeouts: { request: ‸1.5s }") },
  {
    code: "LB1208",
    path: "spec.static.services[0].endpoints[0]",
    text: platform("  type: Static\n  static: { services: [ { name: a, endpoints: [ ‸10.0.0.1 ] } ] }"),
  },
  {
    code: "LB1209",
    path: "spec.rules[0].matches[0].headers[0].name",
    text: rule('matches: [ { headers: [ { name: ‸"a b", value: c } ] } ]'),
  },
  {
    code: "LB1210",
    path: "spec.rules[0].matches[0].path.value",
    text: rule('matches: [ { path: { type: RegularExpression, value: ‸"(?=a)" } } ]'),
  },
  {
    code: "LB1221",
    path: "spec.rules[0].filters[0].requestHeaderModifier.set[0].name",
    text: rule(
      'filters: [ { type: RequestHeaderModifier, requestHeaderModifier: { set: [ { name: ‸Content-Length, value: "9" } ] } } ]',
    ),
  },
  { code: "LB1211", path: 'metadata.labels["a b"]', text: namespace('{ name: x, labels: { "a b": ‸c } }') },
  { code: "LB1212", path: 'data["tls.crt"]', text: secret('data: { tls.crt: ‸"not base64!" }') },
  {
    code: "LB1213",
    path: "spec.rules[0].matches[0].headers[0].value",
    text: rule('matches: [ { headers: [ { name: a, value: ‸"b  c" } ] } ]'),
  },
  {
    code: "LB1214",
    path: "spec.rules[0].matches[0].path.value",
    text: rule("matches: [ { path: { value: ‸/a//b } } ]"),
  },
  {
    code: "LB1215",
    path: "spec.rules[0].filters[0].cors.allowOrigins[0]",
    text: filter("{ type: CORS, cors: { allowOrigins: [ ‸example.com ] } }"),
  },
  {
    code: "LB1216",
    path: "spec.controllerName",
    text: `apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\n${META}\nspec: { controllerName: ‸landbridge }\n`,
  },
  { code: "LB1217", path: "spec.backends[0].service", text: leg('service: ‸"a b"') },
  { code: "LB1218", path: "spec.listeners[0].protocol", text: listener('protocol: ‸"H T"') },
  {
    code: "LB1219",
    path: "spec.addresses[0].type",
    text: `${listener("protocol: HTTP")}  addresses: [ { type: ‸IP, value: 10.0.0.1 } ]\n`,
  },
  { code: "LB1220", path: "metadata.creationTimestamp", text: namespace("{ name: x, creationTimestamp: ‸yesterday }") },
  // Gateways
  {
    code: "LB1301",
    path: "spec.listeners[1].name",
    text: gateway("  - { name: a, port: 80, protocol: HTTP }\n  - { name: ‸a, port: 81, protocol: HTTP }"),
  },
  {
    code: "LB1302",
    path: "spec.listeners[1]",
    text: gateway("  - { name: a, port: 80, protocol: HTTP }\n  - ‸{ name: b, port: 80, protocol: HTTP }"),
  },
  {
    code: "LB1303",
    path: "spec.listeners[0].tls",
    text: listener("protocol: HTTP, tls: ‸{ certificateRefs: [ { name: c } ] }"),
  },
  {
    code: "LB1304",
    path: "spec.listeners[0].tls.mode",
    text: listener("protocol: HTTPS, tls: { mode: ‸Passthrough }"),
  },
  { code: "LB1304", path: "spec.listeners[0]", text: gateway("  - ‸{ name: a, port: 80, protocol: TLS }") },
  { code: "LB1305", path: "spec.listeners[0].hostname", text: listener("protocol: TCP, hostname: ‸a.example.com") },
  { code: "LB1306", path: "spec.listeners[0].tls", text: listener("protocol: HTTPS, tls: ‸{ mode: Terminate }") },
  {
    code: "LB1307",
    severity: "warning",
    path: "spec.listeners[0].allowedRoutes.namespaces",
    text: listener("protocol: HTTP, allowedRoutes: { namespaces: ‸{ from: Selector } }"),
  },
  // HTTPRoutes
  {
    code: "LB1310",
    path: "spec.parentRefs[1]",
    text: route("  parentRefs: [ { name: a }, ‸{ name: a, sectionName: b } ]"),
  },
  {
    code: "LB1311",
    path: "spec.parentRefs[1]",
    text: route("  parentRefs: [ { name: a, port: 80 }, ‸{ name: a, port: 80 } ]"),
  },
  { code: "LB1312", path: "spec.rules", text: route(`  ‸rules:\n${`  - matches: [ ${twentyMatches} ]\n`.repeat(3)}`) },
  {
    code: "LB1313",
    path: "spec.rules[0].filters[0]",
    text: rule(
      "filters: [ ‸{ type: RequestRedirect, requestRedirect: { port: 1 } } ]\n    backendRefs: [ { name: a, port: 80 } ]",
    ),
  },
  {
    code: "LB1314",
    path: "spec.rules[0].filters[0].urlRewrite.path.type",
    text: rule(
      "matches: [ { path: { type: Exact, value: /a } } ]\n    filters: [ { type: URLRewrite, urlRewrite: { path: { type: ‸ReplacePrefixMatch, replacePrefixMatch: / } } } ]",
    ),
  },
  {
    code: "LB1315",
    path: "spec.rules[0].filters[1]",
    text: filter("{ type: RequestRedirect, requestRedirect: {} }, ‸{ type: URLRewrite, urlRewrite: {} }"),
  },
  {
    code: "LB1316",
    path: "spec.rules[0].filters[1]",
    text: filter("{ type: URLRewrite, urlRewrite: {} }, ‸{ type: URLRewrite, urlRewrite: {} }"),
  },
  { code: "LB1317", path: "spec.rules[0].filters[0]", text: filter("‸{ type: CORS }") },
  {
    code: "LB1318",
    path: "spec.rules[0].filters[0].urlRewrite",
    text: filter("{ type: CORS, cors: {}, urlRewrite: ‸{} }"),
  },
  { code: "LB1319", path: "spec.rules[0].backendRefs[0]", text: rule("backendRefs: [ ‸{ name: a } ]") },
  {
    code: "LB1320",
    path: "spec.rules[0].filters[0].requestMirror.fraction",
    text: filter(
      "{ type: RequestMirror, requestMirror: { backendRef: { name: a, port: 80 }, percent: 1, fraction: ‸{ numerator: 1 } } }",
    ),
  },
  {
    code: "LB1321",
    path: "spec.rules[0].filters[0].requestMirror.fraction.numerator",
    text: filter(
      "{ type: RequestMirror, requestMirror: { backendRef: { name: a, port: 80 }, fraction: { numerator: ‸101 } } }",
    ),
  },
  {
    code: "LB1322",
    path: "spec.rules[0].filters[0].cors.allowMethods[1]",
    text: filter('{ type: CORS, cors: { allowMethods: [ GET, ‸"*" ] } }'),
  },
  {
    code: "LB1325",
    path: "spec.rules[0].timeouts.backendRequest",
    text: rule("timeouts: { request: 1s, backendRequest: ‸1001ms }"),
  },
  {
    code: "LB1326",
    path: "spec.rules[0].sessionPersistence.cookieConfig.lifetimeType",
    text: rule("sessionPersistence: { cookieConfig: { lifetimeType: ‸Permanent } }"),
  },
  {
    code: "LB1327",
    path: "spec.rules[0].sessionPersistence.cookieConfig",
    text: rule("sessionPersistence: { type: Header, cookieConfig: ‸{} }"),
  },
  // Core kinds
  {
    code: "LB1330",
    path: "spec.ports[1]",
    text: `apiVersion: v1\nkind: Service\n${META}\nspec: { ports: [ { name: a, port: 80 }, ‸{ port: 81 } ] }\n`,
  },
  {
    code: "LB1331",
    path: "endpoints[0].addresses[0]",
    text: `apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n${META}\naddressType: IPv4\nendpoints: [ { addresses: [ ‸"fd00::1" ] } ]\n`,
  },
  { code: "LB1332", path: "data", text: secret("type: kubernetes.io/tls\ndata: ‸{ tls.crt: QUJD }") },
  // Platforms and HybridServices
  { code: "LB1318", path: "spec.dns", text: platform("  type: Static\n  dns: ‸{}") },
  { code: "LB1340", path: "spec.dns.minTtl", text: platform("  type: DNS\n  dns: { minTtl: ‸10s, maxTtl: 1s }") },
  { code: "LB1341", path: "spec.dns.timeout", text: platform("  type: DNS\n  dns: { timeout: ‸0s }") },
  { code: "LB1343", path: "spec.split[0].backend", text: hybrid(`${twoLegs}  split: [ { backend: ‸mv, weight: 1 } ]`) },
  {
    code: "LB1344",
    path: "spec.split",
    text: hybrid(`${twoLegs}  split: ‸[ { backend: vm, weight: 0 }, { backend: k8s, weight: 0 } ]`),
  },
  { code: "LB1345", path: "spec", text: hybrid(twoLegs).replace("spec:", "‸spec:") },
  { code: "LB1346", path: "spec.backends[0].tls.sni", text: leg("tls: { sni: ‸a.example.com }") },
  { code: "LB1347", path: "spec.backends[0].tls.mode", text: leg("tls: { mode: ‸Mutual, sni: a.example.com }") },
  { code: "LB1348", path: "spec.backends[0].tls", text: leg("tls: ‸{ mode: Simple }") },
  {
    code: "LB1349",
    path: "spec.stickiness[0]",
    text: hybrid(`  backends: [ { name: vm, platform: p } ]\n  stickiness: [ ‸{} ]`),
  },
  {
    code: "LB1350",
    path: "spec.backends[0].host",
    text: leg("host: ‸a.example.com").replace("port: 80", "port: 80\n  protocol: TCP"),
  },
  // Who may do what
  { code: "LB1222", path: "spec.user", text: token('user: ‸"a\\nb"') },
  { code: "LB1223", path: "spec.hash", text: token(`user: ann, hash: ‸${"A".repeat(64)}`) },
  {
    code: "LB1370",
    path: "rules[0].nonResourceURLs",
    text: role("Role", "rules: [ { verbs: [ get ], nonResourceURLs: ‸[ /metrics ] } ]"),
  },
  {
    code: "LB1371",
    path: "rules[0].nonResourceURLs",
    text: role("ClusterRole", 'rules: [ { verbs: [ get ], apiGroups: [ "" ], nonResourceURLs: ‸[ /metrics ] } ]'),
  },
];

/** Nine levels of nine aliases each: 387 million values. */
function bomb(): string {
  const levels = ["l0: &l0 [ x, x, x, x, x, x, x, x, x ]"];
  for (let level = 1; level < 9; level++) {
    const aliases = Array.from({ length: 9 }, () => `*l${level - 1}`);
    if (level === 4) aliases[0] = `‸${aliases[0]}`;
    levels.push(`l${level}: &l${level} [ ${aliases.join(", ")} ]`);
  }
  return `${levels.join("\n")}\n`;
}
