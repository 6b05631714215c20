import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Endpoint, isPrettyWanted, representationOf } from "../../../src/api/negotiation/representation.ts";

/** As "kind version", or the reason of the refusal. */
function told(accept: string | undefined, endpoint: Endpoint = "objects"): string {
  const result = representationOf(accept, endpoint);
  if ("problem" in result) return result.problem.reason;
  const { representation } = result;
  const version = "version" in representation ? ` ${representation.version}` : "";
  const list = representation.kind === "partialObjectMetadata" && representation.list ? " list" : "";
  return `${representation.kind}${version}${list}${representation.pretty ? " pretty" : ""}`;
}

const KUBECTL_GET =
  "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";
const KUBECTL_DISCOVERY =
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

test("kubectl and client-go get what they ask for first", () => {
  assert.equal(told(KUBECTL_GET), "table v1");
  assert.equal(told(KUBECTL_DISCOVERY, "discovery"), "aggregatedDiscovery v2");
  assert.equal(
    told("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"),
    "partialObjectMetadata v1 list",
  );
  assert.equal(
    told("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1beta1"),
    "partialObjectMetadata v1beta1",
  );
  assert.equal(told("application/vnd.kubernetes.protobuf,application/json"), "json");
  assert.equal(told("application/json, */*"), "json");
  assert.equal(told("application/json;stream=watch"), "json");
});

test("JSON is what everybody else gets", () => {
  for (const accept of [
    undefined,
    "",
    "  ",
    "*/*",
    "application/*",
    "text/html,*/*;q=0.8",
    "APPLICATION/JSON",
    ",,*/*",
  ]) {
    assert.equal(told(accept), "json", accept);
  }
  assert.equal(told("application/json;pretty=1"), "json pretty");
});

test("forms that aren't to be had at an endpoint are passed over, and nothing else means not acceptable", () => {
  assert.equal(told(KUBECTL_GET, "discovery"), "json");
  assert.equal(told(KUBECTL_DISCOVERY, "objects"), "json");
  assert.equal(told(KUBECTL_GET, "plain"), "json");
  const bad = [
    "application/vnd.kubernetes.protobuf",
    "application/yaml",
    "text/html",
    "application/json;q=0",
    "application/json;as=Table;g=meta.k8s.io;v=v2",
    "application/json;as=Table",
    "application/json;as=Table;g=other;v=v1",
    "application/json;stream=other",
    "application/json;sv=v1",
    "garbage",
    ";;",
  ];
  for (const accept of bad) assert.equal(told(accept), "NotAcceptable", accept);
});

test("q decides, then what is more exact, then the order", () => {
  const table = "application/json;as=Table;v=v1;g=meta.k8s.io";
  assert.equal(told(`application/json;q=0.5,${table};q=0.9`), "table v1");
  assert.equal(told(`${table};q=0.1,application/json`), "json");
  assert.equal(told(`*/*,${table}`), "table v1");
  assert.equal(told(`application/json,${table}`), "json");
  assert.equal(told(`application/json;q=junk,${table};q=0.9`), "json");
});

test("quotes and white space of the header's grammar are read", () => {
  assert.equal(told('application/json ; as="Table" ; g=meta.k8s.io ;V=v1 , text/plain;x="a,b;c"'), "table v1");
});

test("people get indented JSON", () => {
  const query = (text: string) => new URLSearchParams(text);
  assert.equal(isPrettyWanted(query(""), "curl/8.5.0"), true);
  assert.equal(isPrettyWanted(query(""), "Mozilla/5.0 (X11)"), true);
  assert.equal(isPrettyWanted(query(""), "kubectl/v1.36.3"), false);
  assert.equal(isPrettyWanted(query("pretty=false"), "curl/8.5.0"), false);
  assert.equal(isPrettyWanted(query("pretty=true"), undefined), true);
});

test("no header throws", () => {
  const piece = fc.constantFrom(
    "application/json",
    "*/*",
    ";",
    ",",
    "q=",
    "0.5",
    "as=Table",
    '"',
    "\\",
    " ",
    "=",
    "g=meta.k8s.io",
  );
  const header = fc.oneof(
    fc.array(piece).map((pieces) => pieces.join("")),
    fc.string(),
  );
  fc.assert(
    fc.property(header, fc.constantFrom<Endpoint>("objects", "discovery", "plain"), (accept, endpoint) => {
      assert.match(told(accept, endpoint), /^(?:json|table|partial|aggregated|NotAcceptable)/);
    }),
    { numRuns: 2000 },
  );
});
