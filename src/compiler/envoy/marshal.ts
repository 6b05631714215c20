import { hash } from "node:crypto";
import { create, type DescMessage, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type Any, anyPack } from "@bufbuild/protobuf/wkt";
import type { ObjectKey } from "../../model/keys.ts";
import type { EnvoyResource, ResourceId, ResourceType } from "./resource.ts";

const VERSION_LENGTH = 16;

export interface ResourceLinks {
  readonly references: Iterable<ResourceId>;
  readonly owners: Iterable<ObjectKey>;
}

/**
 * Builds a message, marshals it and versions it by its bytes. Equal input gives equal bytes: protobuf-es writes
 * fields by number and maps in the order of their keys here, so callers insert map keys in a fixed order.
 */
export function marshal<Schema extends DescMessage>(
  type: ResourceType,
  name: string,
  schema: Schema,
  init: MessageInitShape<Schema>,
  links: ResourceLinks,
): EnvoyResource {
  const bytes = toBinary(schema, create(schema, init));
  return {
    type,
    name,
    version: hash("sha256", bytes, "base64url").slice(0, VERSION_LENGTH),
    bytes,
    references: [...new Set(links.references)].sort(),
    owners: [...new Set(links.owners)].sort(),
  };
}

/** Wraps the configuration of an extension as Envoy wants it. */
export function packed<Schema extends DescMessage>(schema: Schema, init?: MessageInitShape<Schema>): Any {
  return anyPack(schema, create(schema, init));
}
