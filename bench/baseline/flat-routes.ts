/** Turns what Landbridge's compiler makes, one RouteConfiguration a host, into one table for all hosts. */
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { anyPack, anyUnpack } from "@bufbuild/protobuf/wkt";
import type { EnvoyResource } from "../../src/compiler/envoy/resource.ts";
import { ListenerSchema } from "../../src/gen/envoy/config/listener/v3/listener_pb.js";
import { type VirtualHost, VirtualHostSchema } from "../../src/gen/envoy/config/route/v3/route_components_pb.js";
import { RouteConfigurationSchema } from "../../src/gen/envoy/config/route/v3/route_pb.js";
import {
  HttpConnectionManagerSchema,
  type ScopedRoutes,
} from "../../src/gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js";

const TABLE = "all-hosts";
/** Field 2 of RouteConfiguration, with the wire type of bytes. */
const VIRTUAL_HOST_TAG = 0x12;

export class FlatRoutes {
  /** By the name of the RouteConfiguration that Landbridge would have: the virtual hosts in it, as fields. */
  readonly #hosts = new Map<string, Buffer>();
  /** What all tables of Landbridge say for all of their hosts: filters that are off until a route wants them. */
  #settings: Uint8Array = new Uint8Array();
  #version = 0;

  flatten(resources: readonly EnvoyResource[]): EnvoyResource[] {
    const routes = resources.filter(({ type }) => type === "RouteConfiguration");
    for (const { name, bytes } of routes) {
      const { virtualHosts, ...settings } = fromBinary(RouteConfigurationSchema, bytes);
      this.#hosts.set(name, virtualHostFields(virtualHosts));
      this.#settings = toBinary(RouteConfigurationSchema, { ...settings, name: TABLE, virtualHosts: [] });
    }
    const others = resources.filter(({ type }) => type !== "RouteConfiguration" && type !== "ScopedRouteConfiguration");
    const flat = others.map((resource) => (resource.type === "Listener" ? withFlatRoutes(resource) : resource));
    return routes.length > 0 ? [...flat, this.#table()] : flat;
  }

  #table(): EnvoyResource {
    return {
      type: "RouteConfiguration",
      name: TABLE,
      version: String(++this.#version),
      bytes: Buffer.concat([this.#settings, ...this.#hosts.values()]),
      references: [],
      owners: [],
    };
  }
}

function virtualHostFields(virtualHosts: readonly VirtualHost[]): Buffer {
  return Buffer.concat(virtualHosts.map((host) => field(VIRTUAL_HOST_TAG, toBinary(VirtualHostSchema, host))));
}

function field(tag: number, value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag, ...varint(value.length)]), value]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

/** The listener without what sharding needs: scopes, the header that chooses them, the fallback for wildcards. */
function withFlatRoutes(resource: EnvoyResource): EnvoyResource {
  const listener = fromBinary(ListenerSchema, resource.bytes);
  for (const { configType } of [...listener.filterChains, listener.defaultFilterChain].flatMap(
    (chain) => chain?.filters ?? [],
  )) {
    if (configType.case !== "typedConfig") continue;
    const manager = anyUnpack(configType.value, HttpConnectionManagerSchema);
    if (manager?.routeSpecifier.case !== "scopedRoutes") continue;
    const source = sourceOf(manager.routeSpecifier.value);
    manager.routeSpecifier = {
      case: "rds",
      value: { $typeName: `${HTTP_MANAGER}.Rds`, routeConfigName: TABLE, configSource: source },
    };
    manager.earlyHeaderMutationExtensions = [];
    manager.httpFilters = manager.httpFilters.filter(({ name }) => !/fallback/.test(name));
    configType.value = anyPack(HttpConnectionManagerSchema, manager);
  }
  return { ...resource, bytes: toBinary(ListenerSchema, listener) };
}

const HTTP_MANAGER = "envoy.extensions.filters.network.http_connection_manager.v3";

function sourceOf({ rdsConfigSource }: ScopedRoutes) {
  if (!rdsConfigSource) throw new Error("scoped routes without a source of routes");
  return rdsConfigSource;
}
