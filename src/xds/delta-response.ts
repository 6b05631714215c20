/**
 * Writes DeltaDiscoveryResponse messages. Each resource is encoded once, whatever the number of proxies; a response is
 * those bytes between a few that are its own. Field numbers: envoy/service/discovery/v3/discovery.proto.
 */
import { create, toBinary } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { type EnvoyResource, TYPE_URL } from "../compiler/envoy/resource.ts";
import { ResourceSchema } from "../gen/envoy/service/discovery/v3/discovery_pb.js";

export interface DeltaResponse {
  readonly typeUrl: string;
  readonly nonce: string;
  readonly resources: readonly EnvoyResource[];
  readonly removed: readonly string[];
}

const RESOURCES = 2;
const TYPE_URL_FIELD = 4;
const NONCE = 5;
const REMOVED_RESOURCES = 6;

const LENGTH_DELIMITED = 2;

const encoded = new WeakMap<EnvoyResource, Uint8Array>();

export function encodeDeltaResponse(response: DeltaResponse): Buffer {
  const resources = response.resources.map(encodeResource);
  const removed = response.removed.map((name) => Buffer.from(name));
  const typeUrl = Buffer.from(response.typeUrl);
  const nonce = Buffer.from(response.nonce);
  const fields: [number, Uint8Array][] = [
    ...resources.map((bytes): [number, Uint8Array] => [RESOURCES, bytes]),
    [TYPE_URL_FIELD, typeUrl],
    [NONCE, nonce],
    ...removed.map((bytes): [number, Uint8Array] => [REMOVED_RESOURCES, bytes]),
  ];
  const size = fields.reduce((sum, [, bytes]) => sum + 1 + varintSize(bytes.length) + bytes.length, 0);
  const message = Buffer.allocUnsafe(size);
  let at = 0;
  for (const [field, bytes] of fields) {
    message[at++] = (field << 3) | LENGTH_DELIMITED;
    at = writeVarint(message, at, bytes.length);
    message.set(bytes, at);
    at += bytes.length;
  }
  return message;
}

/** The bytes of an envoy.service.discovery.v3.Resource, kept as long as the resource itself. */
function encodeResource(resource: EnvoyResource): Uint8Array {
  let bytes = encoded.get(resource);
  if (!bytes) {
    const any = create(AnySchema, {
      typeUrl: TYPE_URL[resource.type],
      value: resource.bytes as Uint8Array<ArrayBuffer>,
    });
    bytes = toBinary(
      ResourceSchema,
      create(ResourceSchema, { name: resource.name, version: resource.version, resource: any }),
    );
    encoded.set(resource, bytes);
  }
  return bytes;
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}

function writeVarint(target: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest > 127) {
    target[at++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  target[at++] = rest;
  return at;
}
