import type { AccessLogSchema } from "../../gen/envoy/config/accesslog/v3/accesslog_pb.js";
import type { SubstitutionFormatStringSchema } from "../../gen/envoy/config/core/v3/substitution_format_string_pb.js";
import { FileAccessLogSchema } from "../../gen/envoy/extensions/access_loggers/file/v3/file_pb.js";
import { StdoutAccessLogSchema } from "../../gen/envoy/extensions/access_loggers/stream/v3/stream_pb.js";
import type { ChainRouting, CompileOptions, PortRouting } from "../routing/routing.ts";
import { packed } from "./marshal.ts";
import type { Init } from "./message-init.ts";

type Format = Init<typeof SubstitutionFormatStringSchema>;

/** One JSON line a request. No query string, no cookie, no authorization: queries carry tokens too often. */
export function accessLog(
  port: PortRouting,
  chain: ChainRouting,
  { accessLog: wanted }: CompileOptions,
): Init<typeof AccessLogSchema>[] {
  const accessLogFormat = { case: "logFormat" as const, value: jsonLine(port, chain) };
  switch (wanted.kind) {
    case "off":
      return [];
    case "stdout":
      return [
        {
          name: "envoy.access_loggers.stdout",
          configType: { case: "typedConfig", value: packed(StdoutAccessLogSchema, { accessLogFormat }) },
        },
      ];
    case "file":
      return [
        {
          name: "envoy.access_loggers.file",
          configType: {
            case: "typedConfig",
            value: packed(FileAccessLogSchema, { path: wanted.path, accessLogFormat }),
          },
        },
      ];
  }
}

function jsonLine(port: PortRouting, chain: ChainRouting): Format {
  return {
    format: {
      case: "jsonFormat",
      value: {
        time: "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
        method: "%REQ(:METHOD)%",
        host: "%REQ(X-FORWARDED-HOST?:AUTHORITY)%",
        path: "%PATH(NQ)%",
        protocol: "%PROTOCOL%",
        status: "%RESPONSE_CODE%",
        flags: "%RESPONSE_FLAGS%",
        details: "%RESPONSE_CODE_DETAILS%",
        bytesIn: "%BYTES_RECEIVED%",
        bytesOut: "%BYTES_SENT%",
        durationMs: "%DURATION%",
        upstreamMs: "%COMMON_DURATION(US_TX_BEG:US_RX_BEG:ms)%",
        requestId: "%REQ(X-REQUEST-ID)%",
        route: "%ROUTE_NAME%",
        leg: "%UPSTREAM_CLUSTER%",
        upstream: "%UPSTREAM_HOST%",
        upstreamFailure: "%UPSTREAM_TRANSPORT_FAILURE_REASON%",
        client: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
        listener: port.name,
        table: chain.table,
      },
    },
    omitEmptyValues: true,
  };
}
