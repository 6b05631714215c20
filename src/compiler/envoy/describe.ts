import {
  createRegistry,
  type DescMessage,
  fromBinary,
  type JsonObject,
  type JsonValue,
  type Registry,
  toJson,
} from "@bufbuild/protobuf";
import { ClusterSchema } from "../../gen/envoy/config/cluster/v3/cluster_pb.js";
import { ClusterLoadAssignmentSchema } from "../../gen/envoy/config/endpoint/v3/endpoint_pb.js";
import { ListenerSchema } from "../../gen/envoy/config/listener/v3/listener_pb.js";
import { FilterConfigSchema } from "../../gen/envoy/config/route/v3/route_components_pb.js";
import { RouteConfigurationSchema } from "../../gen/envoy/config/route/v3/route_pb.js";
import { ScopedRouteConfigurationSchema } from "../../gen/envoy/config/route/v3/scoped_route_pb.js";
import { FileAccessLogSchema } from "../../gen/envoy/extensions/access_loggers/file/v3/file_pb.js";
import { StdoutAccessLogSchema } from "../../gen/envoy/extensions/access_loggers/stream/v3/stream_pb.js";
import { CorsPolicySchema, CorsSchema } from "../../gen/envoy/extensions/filters/http/cors/v3/cors_pb.js";
import {
  ExtAuthzPerRouteSchema,
  ExtAuthzSchema,
} from "../../gen/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js";
import { LuaSchema } from "../../gen/envoy/extensions/filters/http/lua/v3/lua_pb.js";
import { RouterSchema } from "../../gen/envoy/extensions/filters/http/router/v3/router_pb.js";
import {
  StatefulSessionPerRouteSchema,
  StatefulSessionSchema,
} from "../../gen/envoy/extensions/filters/http/stateful_session/v3/stateful_session_pb.js";
import { TlsInspectorSchema } from "../../gen/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector_pb.js";
import { HttpConnectionManagerSchema } from "../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js";
import { HeaderMutationSchema } from "../../gen/envoy/extensions/http/early_header_mutation/header_mutation/v3/header_mutation_pb.js";
import { CookieBasedSessionStateSchema } from "../../gen/envoy/extensions/http/stateful_session/cookie/v3/cookie_pb.js";
import { HeaderBasedSessionStateSchema } from "../../gen/envoy/extensions/http/stateful_session/header/v3/header_pb.js";
import { PreviousHostsPredicateSchema } from "../../gen/envoy/extensions/retry/host/previous_hosts/v3/previous_hosts_pb.js";
import { SecretSchema } from "../../gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.js";
import {
  DownstreamTlsContextSchema,
  UpstreamTlsContextSchema,
} from "../../gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.js";
import { HttpProtocolOptionsSchema } from "../../gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js";
import { RuntimeSchema } from "../../gen/envoy/service/runtime/v3/rtds_pb.js";
import type { EnvoyResource, ResourceType } from "./resource.ts";

const SCHEMA: Readonly<Record<ResourceType, DescMessage>> = {
  Cluster: ClusterSchema,
  ClusterLoadAssignment: ClusterLoadAssignmentSchema,
  Listener: ListenerSchema,
  RouteConfiguration: RouteConfigurationSchema,
  ScopedRouteConfiguration: ScopedRouteConfigurationSchema,
  Secret: SecretSchema,
  Runtime: RuntimeSchema,
};

/** Everything that this folder packs into an Any. */
const EXTENSIONS: Registry = createRegistry(
  CookieBasedSessionStateSchema,
  CorsPolicySchema,
  CorsSchema,
  DownstreamTlsContextSchema,
  ExtAuthzPerRouteSchema,
  ExtAuthzSchema,
  FileAccessLogSchema,
  FilterConfigSchema,
  HeaderBasedSessionStateSchema,
  HeaderMutationSchema,
  HttpConnectionManagerSchema,
  HttpProtocolOptionsSchema,
  LuaSchema,
  PreviousHostsPredicateSchema,
  RouterSchema,
  StatefulSessionPerRouteSchema,
  StatefulSessionSchema,
  StdoutAccessLogSchema,
  TlsInspectorSchema,
  UpstreamTlsContextSchema,
);

/** The resource as people read it: what its bytes say, in Envoy's own names; private keys are left out. */
export function toPlain(resource: EnvoyResource): JsonValue {
  const schema = SCHEMA[resource.type];
  const json = toJson(schema, fromBinary(schema, resource.bytes), { registry: EXTENSIONS, useProtoFieldName: true });
  return resource.type === "Secret" ? withoutPrivateKey(json) : json;
}

function withoutPrivateKey(json: JsonValue): JsonValue {
  if (!isObject(json) || !isObject(json.tls_certificate)) return json;
  return { ...json, tls_certificate: { ...json.tls_certificate, private_key: "[redacted]" } };
}

function isObject(json: JsonValue | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
