/**
 * GET /openapi/v2, without a single definition. kubectl asks for it before it applies a List (`kubectl get -o yaml | kubectl
 * apply -f -`), to check what is in it, and leaves what it doesn't find there to the server
 * (k8s.io/kubectl, pkg/validation). All else that kubectl wants to know it reads in OpenAPI v3.
 */
import packageJson from "../../../package.json" with { type: "json" };

export interface OpenApiV2 {
  readonly type: string;
  readonly bytes: Buffer;
}

const PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
/** What kubectl asks for, although it is no media type that it could read: an at sign is no part of one. */
const PROTOBUF_AS_ASKED = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
const LENGTH_DELIMITED = 2;

const INFO = { title: "Landbridge", version: packageJson.version };

/** @param accept the header: kubectl takes nothing but protobuf */
export function openApiV2(accept: string): OpenApiV2 {
  if (accept.includes(PROTOBUF) || accept.includes(PROTOBUF_AS_ASKED)) {
    // Document and Info of gnostic's OpenAPIv2.proto.
    const info = Buffer.concat([field(1, Buffer.from(INFO.title)), field(2, Buffer.from(INFO.version))]);
    return { type: PROTOBUF, bytes: Buffer.concat([field(1, Buffer.from("2.0")), field(2, info)]) };
  }
  const document = { swagger: "2.0", info: INFO, paths: {}, definitions: {} };
  return { type: "application/json", bytes: Buffer.from(JSON.stringify(document)) };
}

/** Shorter than 128 bytes, so that its length is one byte. */
function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of((number << 3) | LENGTH_DELIMITED, content.length), content]);
}
