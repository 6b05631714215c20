import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkDuration, durationMs } from "../../../src/model/duration.ts";
import { checkChangeableHeaderName, checkHeaderName, checkHeaderValue } from "../../../src/model/header-name.ts";
import { checkHostname, checkPreciseHostname } from "../../../src/model/hostname.ts";
import { parseIpEndpoint } from "../../../src/model/ip-endpoint.ts";
import { matchesLabels } from "../../../src/model/label-selector.ts";
import { formatPath, parsePath } from "../../../src/model/mistake.ts";
import { nearest } from "../../../src/model/nearest.ts";
import { checkRe2 } from "../../../src/model/re2.ts";
import { checkPathMatch } from "../../../src/model/url-path.ts";

describe("hostnames", () => {
  it("are RFC 1123 names, with a wildcard as the first label where that is allowed", () => {
    for (const name of ["a", "a.example.com", "1.a", "*.example.com", "xn--bcher-kva.example"])
      assert.equal(checkHostname(name), undefined);
    for (const name of [
      "",
      "*",
      "a.*.com",
      "a_b.com",
      "-a.com",
      "a-.com",
      "a..b",
      ".a",
      "a.",
      "a:80",
      "http://a.com",
      "[::1]",
      "a".repeat(254),
    ]) {
      assert.ok(checkHostname(name), name);
    }
    assert.ok(checkPreciseHostname("*.example.com"));
  });

  it("come with the right spelling when it can be told", () => {
    assert.match(checkHostname("*.Example.COM")?.hint ?? "", /"\*\.example\.com"/);
    assert.match(checkHostname("*.bücher.example")?.hint ?? "", /"\*\.xn--bcher-kva\.example"/);
    assert.equal(checkHostname("::1")?.code, "LB1205");
  });
});

it("durations are those of GEP-2257", () => {
  for (const [text, ms] of [
    ["1h30m", 5_400_000],
    ["500ms", 500],
    ["0s", 0],
    ["1h1m1s1ms", 3_661_001],
    ["99999s", 99_999_000],
  ] as const) {
    assert.equal(checkDuration(text), undefined);
    assert.equal(durationMs(text), ms);
  }
  for (const text of ["", "10", "1.5s", "-1s", "1d", "100000s", "1s1s1s1s1s", "1 s"])
    assert.ok(checkDuration(text), text);
});

it("endpoints are an IP address and a port", () => {
  assert.deepEqual(parseIpEndpoint("10.1.0.4:8010"), { address: "10.1.0.4", port: 8010 });
  assert.deepEqual(parseIpEndpoint("[FD00::4]:80"), { address: "fd00::4", port: 80 });
  for (const text of [
    "10.1.0.4",
    "10.1.0.256:1",
    "10.1.0.4:0",
    "10.1.0.4:65536",
    "fd00::4:80",
    "[10.1.0.4]:80",
    "a:80",
    ":80",
    "[::1%eth0]:80",
  ]) {
    assert.equal(parseIpEndpoint(text), undefined, text);
  }
});

it("headers are tokens with plain values", () => {
  for (const name of ["x-a", "X_A", "!#$%&'*+-.^_`|~"]) assert.equal(checkHeaderName(name), undefined);
  for (const name of ["", ":path", "a b", "a:", "ü", "a".repeat(257)]) assert.ok(checkHeaderName(name), name);
  for (const value of ["a", "a b", "a\tb", "!~"]) assert.equal(checkHeaderValue(value), undefined);
  for (const value of ["", " a", "a ", "a  b", "a\nb", "ü", "a".repeat(4097)])
    assert.ok(checkHeaderValue(value), value);
});

it("headers that frame messages can be matched, but not changed", () => {
  for (const name of ["Content-Length", "transfer-encoding", "Connection", "upgrade", "TE"]) {
    assert.equal(checkHeaderName(name), undefined);
    assert.equal(checkChangeableHeaderName(name)?.code, "LB1221", name);
  }
  for (const name of ["x-a", "host", "content-type"]) assert.equal(checkChangeableHeaderName(name), undefined);
});

it("paths are absolute and normal", () => {
  for (const path of ["/", "/a", "/a/", "/a%20b", "/a.b/..c", "/@:"]) assert.equal(checkPathMatch(path), undefined);
  for (const path of [
    "",
    "a",
    "/a//b",
    "/./a",
    "/a/..",
    "/a/.",
    "/../a",
    "/a%2fb",
    "/a%2Fb",
    "/a#b",
    "/a b",
    "/a?b",
    "/ü",
    "/%zz",
  ]) {
    assert.ok(checkPathMatch(path), path);
  }
});

it("expressions are RE2", () => {
  const good = [
    "",
    "a|b",
    "^/v[0-9]+/.*$",
    "(?i)shop",
    "(?P<name>a)",
    "(?:a{2,3}?)*",
    "\\d+\\.\\d+",
    "[[:alpha:]_-]",
    "[]a]",
    "\\p{Greek}",
    "\\Qa.b\\E+",
    "a{,2}",
    "x{1000}",
  ];
  for (const text of good) assert.equal(checkRe2(text), undefined, text);
  const bad = [
    "(?=a)",
    "(?!a)",
    "(?<=a)",
    "(?<!a)",
    "(a)\\1",
    "\\k<a>",
    "(",
    ")",
    "[a",
    "[z-a]",
    "*a",
    "a**",
    "a{1001}",
    "(a{100}){20}",
    "a{3,2}",
    "\\",
    "\\u0041",
    "\\p{Klingon}",
    "[[:foo:]]",
    "(?P<a>x)(?P<a>y)",
    "\ud800",
  ];
  for (const text of bad) assert.equal(checkRe2(text)?.code, "LB1210", text);
});

it("the nearest name is the one that was probably meant", () => {
  const names = ["hostnames", "parentRefs", "rules"];
  assert.equal(nearest("hostname", names), "hostnames");
  assert.equal(nearest("parentrefs", names), "parentRefs");
  assert.equal(nearest("ruels", names), "rules");
  assert.equal(nearest("timeouts", names), undefined);
});

it("paths can be written and read back", () => {
  const path = ["metadata", "labels", "a.b/c", "x", 0, "y", 'q"]['];
  assert.equal(formatPath(path), 'metadata.labels["a.b/c"].x[0].y["q\\"]["]');
  assert.deepEqual(parsePath(formatPath(path)), path);
});

it("labels are chosen as Kubernetes does", () => {
  const labels = { team: "shop", tier: "web" };
  const select = (
    matchExpressions: { key: string; operator: "In" | "NotIn" | "Exists" | "DoesNotExist"; values: string[] }[],
  ) => matchesLabels({ matchLabels: {}, matchExpressions }, labels);
  assert.ok(select([]));
  assert.ok(
    select([
      { key: "team", operator: "In", values: ["shop", "x"] },
      { key: "tier", operator: "Exists", values: [] },
    ]),
  );
  assert.ok(
    select([
      { key: "none", operator: "NotIn", values: ["shop"] },
      { key: "none", operator: "DoesNotExist", values: [] },
    ]),
  );
  assert.ok(!select([{ key: "team", operator: "NotIn", values: ["shop"] }]));
  assert.ok(!select([{ key: "toString", operator: "Exists", values: [] }]));
  assert.ok(!matchesLabels({ matchLabels: { team: "other" }, matchExpressions: [] }, labels));
});
