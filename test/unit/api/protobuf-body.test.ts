import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { parseBody } from "../../../src/api/negotiation/parse-body.ts";

const { Varint, LengthDelimited, Bit32, Bit64, StartGroup, EndGroup } = WireType;

type Write = (writer: BinaryWriter) => BinaryWriter;

/** A message of what is written into it. */
function message(...writes: readonly Write[]): Uint8Array {
  return writes.reduce((writer, write) => write(writer), new BinaryWriter()).finish();
}

function bytes(number: number, value: Uint8Array | string): Write {
  return (writer) => writer.tag(number, LengthDelimited).bytes(Buffer.from(value as string));
}

function int(number: number, value: bigint | number): Write {
  return (writer) => writer.tag(number, Varint).int64(BigInt(value));
}

function raw(...octets: readonly number[]): Write {
  return (writer) => writer.raw(Uint8Array.from(octets));
}

function envelope(apiVersion: string, kind: string, object: Uint8Array, ...more: readonly Write[]): Uint8Array {
  const typeMeta = message(bytes(1, apiVersion), bytes(2, kind));
  return Buffer.concat([Buffer.from("k8s\0"), message(bytes(1, typeMeta), bytes(2, object), ...more)]);
}

function parse(body: Uint8Array) {
  return parseBody(body, "protobuf");
}

function refusal(body: Uint8Array): string {
  const result = parse(body);
  return "problem" in result ? `${result.problem.reason}: ${result.problem.message}` : JSON.stringify(result.value);
}

/** A Namespace with this in its metadata. */
function namespace(...metadata: readonly Write[]): Uint8Array {
  return envelope("v1", "Namespace", message(bytes(1, message(...metadata))));
}

function metadataOf(body: Uint8Array): unknown {
  const result = parse(body);
  assert.ok("value" in result, JSON.stringify(result));
  return (result.value as { readonly metadata: unknown }).metadata;
}

test("what isn't a Kubernetes message of a known kind is refused, and says what to send", () => {
  const nothing = new Uint8Array();
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [nothing, /^BadRequest: .* isn't Kubernetes' protobuf/],
    [Buffer.from('{"kind":"Namespace"}'), /^BadRequest: .* isn't Kubernetes' protobuf/],
    [Buffer.from("k8s\0"), /^BadRequest: .* doesn't say its apiVersion and kind/],
    [envelope("v1", "", nothing), /^BadRequest: .* doesn't say its apiVersion and kind/],
    [envelope("apps/v1", "Deployment", nothing), /^UnsupportedMediaType: .*"apps\/v1 Deployment".*application\/json/],
    [envelope("v1beta1", "Namespace", nothing), /^UnsupportedMediaType: .*application\/json/],
    [envelope("v1", "Namespace", nothing, bytes(3, "gzip")), /^UnsupportedMediaType: .*plain protobuf/],
    [envelope("v1", "Namespace", nothing, bytes(4, "application/json")), /^UnsupportedMediaType: .*plain protobuf/],
    [envelope("v1", "Namespace", nothing, bytes(4, "application/vnd.kubernetes.protobuf")), /^\{"apiVersion":"v1"/],
  ];
  for (const [body, expected] of cases) assert.match(refusal(body), expected);
});

test("DeleteOptions come in the version of what is deleted", () => {
  const options = message(bytes(2, message(bytes(2, "17"))), bytes(4, "Orphan"));
  assert.deepEqual(parse(envelope("apps/v1", "DeleteOptions", options)), {
    value: {
      apiVersion: "apps/v1",
      kind: "DeleteOptions",
      preconditions: { resourceVersion: "17" },
      propagationPolicy: "Orphan",
    },
    duplicates: [],
    unknown: [],
  });
});

test("broken bodies are refused with the place, not with what they say", () => {
  const secret = (...entry: readonly Write[]) => envelope("v1", "Secret", message(bytes(2, message(...entry))));
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [namespace(raw(0x0a, 0x05, 0x61)), /at metadata\.name: it ends too early$/],
    [namespace(raw(0x0a)), /at metadata\.name: it ends too early$/],
    [namespace(raw(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f)), /at metadata\.name: it ends too early$/],
    // A length of 2^32 + 1, and one of -1.
    [namespace(raw(0x0a, 0x81, 0x80, 0x80, 0x80, 0x10, 0x61)), /at metadata\.name: it ends too early$/],
    [namespace(raw(0x0a, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1)), /at metadata\.name: it ends too early$/],
    [namespace(raw(0x0a, ...Array<number>(11).fill(0x80), 0)), /at metadata\.name: a part of it isn't protobuf$/],
    [namespace(raw(0x38, ...Array<number>(11).fill(0x80), 0)), /at metadata\.generation: a part of it isn't protobuf$/],
    [namespace(raw(0x07)), /at metadata: a part of it isn't protobuf$/],
    [namespace(raw(0x00, 0x00)), /at metadata: a part of it isn't protobuf$/],
    [namespace(raw(0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0x00)), /at metadata: a part of it isn't protobuf$/],
    [namespace((writer) => writer.tag(99, EndGroup)), /at metadata: a part of it isn't protobuf$/],
    [namespace((writer) => writer.tag(99, Bit64).fixed32(1)), /at metadata: it ends too early$/],
    [namespace(int(1, 5)), /at metadata\.name: something else is there than bytes$/],
    [namespace(bytes(7, "5")), /at metadata\.generation: something else is there than a number$/],
    [namespace((writer) => writer.tag(7, Bit32).fixed32(1)), /generation: something else is there than a number$/],
    [namespace(int(7, 2n ** 53n)), /at metadata\.generation: a number is too large to be kept exactly$/],
    [namespace(bytes(1, Buffer.from([0xff, 0x61]))), /at metadata\.name: a text isn't UTF-8$/],
    [
      namespace(bytes(8, message(int(1, 253_402_300_800)))),
      /at metadata\.creationTimestamp: a time isn't in the years/,
    ],
    [namespace(bytes(8, message(int(2, -1)))), /at metadata\.creationTimestamp: a time has parts of seconds/],
    [secret(bytes(1, "__proto__"), bytes(2, "hush")), /at data: there is the key __proto__/],
    [secret(bytes(1, "key"), int(2, 1)), /at data\.value: something else is there than bytes$/],
  ];
  for (const [body, expected] of cases) {
    const said = refusal(body);
    assert.match(said, /^BadRequest: the body of the request can't be read as protobuf/);
    assert.match(said, expected);
    assert.doesNotMatch(said, /hush/);
  }
});

test("a message that ends inside of a value doesn't take from the one around it", () => {
  const metadata = (...octets: readonly number[]) =>
    envelope("v1", "Namespace", message(bytes(1, Uint8Array.from(octets)), bytes(2, ""), bytes(3, "")));
  // The tag of generation without a number, half of a number, half of a tag, and a name of one byte without it.
  assert.match(refusal(metadata(0x38)), /at metadata\.generation: it ends too early$/);
  assert.match(refusal(metadata(0x38, 0x80)), /at metadata\.generation: it ends too early$/);
  assert.match(refusal(metadata(0x80)), /at metadata: it ends too early$/);
  assert.match(refusal(metadata(0x0a, 0x01)), /at metadata\.name: it ends too early$/);
  assert.match(refusal(metadata(0x0a)), /at metadata\.name: it ends too early$/);
});

test("a number of 32 bits has no more than that", () => {
  const service = (port: bigint) =>
    envelope("v1", "Service", message(bytes(2, message(bytes(1, message(int(3, port)))))));
  assert.match(refusal(service(2n ** 31n)), /at spec\.ports\.port: a number has more than 32 bits$/);
  assert.match(refusal(service(2n ** 32n + 80n)), /more than 32 bits$/);
  assert.match(refusal(service(-(2n ** 31n))), /"port":-2147483648/);
});

test("a targetPort of another type is refused", () => {
  const targetPort = message(int(1, 2), int(2, 80));
  const ports = message(bytes(1, message(bytes(4, targetPort))));
  assert.match(refusal(envelope("v1", "Service", message(bytes(2, ports)))), /targetPort: a value is neither/);
});

test("nothing nests so deep that it takes the stack", () => {
  const deepGroup = namespace(
    (writer) => Array.from({ length: 100_000 }).reduce((open: BinaryWriter) => open.tag(99, StartGroup), writer),
    (writer) => Array.from({ length: 100_000 }).reduce((open: BinaryWriter) => open.tag(99, EndGroup), writer),
  );
  assert.match(refusal(deepGroup), /^BadRequest: .*at metadata: a part of it isn't protobuf$/);
  const fields = (json: string) => namespace(bytes(17, message(bytes(7, message(bytes(1, json))))));
  assert.match(refusal(fields(`${"[".repeat(201)}${"]".repeat(201)}`)), /fieldsV1\.raw: there should be JSON$/);
  assert.match(refusal(fields("{")), /fieldsV1\.raw: there should be JSON$/);
  assert.match(refusal(fields('{"__proto__":{}}')), /fieldsV1\.raw: there should be JSON$/);
});

test("fields that nobody knows are skipped, and their numbers are told once each", () => {
  const body = namespace(
    int(98, 5),
    bytes(1, "shop"),
    bytes(99, "anything"),
    (writer) => writer.tag(100, Bit32).fixed32(1).tag(101, Bit64).fixed64(1),
    (writer) => writer.tag(102, StartGroup).tag(1, Varint).int32(7).tag(102, EndGroup),
    int(98, 6),
  );
  assert.deepEqual(parse(body), {
    value: { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
    duplicates: [],
    unknown: [98, 99, 100, 101, 102],
  });
});

test("the numbers of unknown fields that are told are bounded", () => {
  const result = parse(namespace(...Array.from({ length: 5_000 }, (_, index) => int(1_000 + index, 1))));
  assert.ok("value" in result && result.unknown);
  assert.equal(result.unknown.length, 50);
});

test("a message that comes in parts is one, and of a value the last counts, also when it is zero", () => {
  const parts = [
    bytes(1, message(bytes(1, "first"), bytes(2, "prefix-"), bytes(11, message(bytes(1, "a"), bytes(2, "1"))))),
    bytes(1, message(bytes(1, "second"), bytes(2, ""), bytes(11, message(bytes(1, "b"))))),
  ];
  const body = envelope("v1", "Namespace", message(...parts));
  assert.deepEqual(metadataOf(body), { name: "second", labels: { a: "1", b: "" } });
});

test("keys such as constructor are keys, and a byte order mark is a character", () => {
  const labels = ["constructor", "toString"].map((key) => bytes(11, message(bytes(1, key), bytes(2, "\ufeffx"))));
  assert.deepEqual(metadataOf(namespace(...labels)), { labels: { constructor: "\ufeffx", toString: "\ufeffx" } });
});

test("times are whole seconds, of Events also parts of them, and an empty one is none", () => {
  const time = message(int(1, -1), int(2, 999_999_999));
  const event = envelope("v1", "Event", message(bytes(6, time), bytes(10, time), bytes(7, "")));
  const result = parse(event);
  assert.ok("value" in result);
  const { firstTimestamp, eventTime, lastTimestamp } = result.value as Record<string, unknown>;
  assert.deepEqual(
    [firstTimestamp, eventTime, lastTimestamp],
    ["1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999999Z", undefined],
  );
  assert.deepEqual(metadataOf(namespace(bytes(8, message(int(1, 0), int(2, 0))))), {
    creationTimestamp: "1970-01-01T00:00:00Z",
  });
  assert.deepEqual(metadataOf(namespace(bytes(8, message(int(1, -62_135_596_800))))), {});
});

/** Bodies as Kubernetes' own code writes them. */
const samples = Object.values(
  JSON.parse(readFileSync(new URL("../../support/kubernetes-samples/full.json", import.meta.url), "utf8")) as Record<
    string,
    { readonly protobuf: string }
  >,
).map(({ protobuf }) => Buffer.from(protobuf, "base64"));

/** Never an exception; and what is read is JSON, of a depth that the tables allow. */
function assertAnswered(body: Uint8Array): void {
  const result = parse(body);
  if ("value" in result) assert.deepEqual(JSON.parse(JSON.stringify(result.value)), result.value);
  else assert.ok(["BadRequest", "UnsupportedMediaType"].includes(result.problem.reason));
}

test("no bytes throw", () => {
  const kinds = [
    ["v1", "Secret"],
    ["v1", "Service"],
    ["v1", "Event"],
    ["discovery.k8s.io/v1", "EndpointSlice"],
    ["rbac.authorization.k8s.io/v1", "ClusterRole"],
    ["v1", "DeleteOptions"],
  ] as const;
  const someBytes = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(fc.constantFrom(...kinds), someBytes, ([apiVersion, kind], object) => {
      assertAnswered(envelope(apiVersion, kind, object));
      assertAnswered(Buffer.concat([Buffer.from("k8s\0"), object]));
    }),
    { numRuns: 2_000 },
  );
});

test("no body that was cut off or changed throws", () => {
  const edit = fc.record({ at: fc.nat(), octet: fc.nat(255), kind: fc.constantFrom("set", "cut", "insert", "remove") });
  const edits = fc.array(edit, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.constantFrom(...samples), edits, (sample, changes) => {
      const changed = changes.reduce((body, { at, octet, kind }) => {
        const place = body.length === 0 ? 0 : at % body.length;
        if (kind === "cut") return body.subarray(0, place);
        const before = body.subarray(0, place);
        const after = body.subarray(kind === "insert" ? place : place + 1);
        return Buffer.concat([before, ...(kind === "remove" ? [] : [Buffer.of(octet)]), after]);
      }, sample);
      assertAnswered(changed);
    }),
    { numRuns: 2_000 },
  );
});

test("the time that a body takes grows no faster than its size", () => {
  // With the square of it, any of these takes minutes.
  const size = 600_000;
  const fill = (...octets: readonly number[]) => Buffer.alloc(size - (size % octets.length), Buffer.from(octets));
  const emptyPorts = envelope("v1", "Service", message(bytes(2, fill(0x0a, 0x00))));
  const emptyLabels = namespace((writer) => writer.raw(fill(0x5a, 0x00)));
  const manyMetadata = envelope("v1", "Namespace", fill(0x0a, 0x00));
  const unknownFields = namespace((writer) => writer.raw(fill(0x78, 0x01)));
  for (const body of [emptyPorts, emptyLabels, manyMetadata, unknownFields]) {
    const started = performance.now();
    assert.ok("value" in parse(body));
    const took = performance.now() - started;
    assert.ok(took < 5_000, `took ${took} ms`);
  }
});
