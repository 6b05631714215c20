/**
 * Sends the traces of changes to an OpenTelemetry collector, over OTLP/HTTP. The libraries (24 MiB) are loaded only when
 * the environment names a collector; they read its address, headers, certificates and timeouts from there themselves
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter).
 */
import type { Context, HrTime } from "@opentelemetry/api";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import type { Logger } from "../lib/log.ts";
import type { EndedChange } from "./change.ts";
import { traceOf } from "./change-spans.ts";
import type { TraceParent } from "./traceparent.ts";

export interface SpanExport {
  /** Never blocks and never throws: what can't be sent in time is lost. */
  add(change: EndedChange): void;
  /** Sends what is left. */
  close(): Promise<void>;
}

/** A thousand changes that become live at once. */
const MAX_QUEUED_SPANS = 8_192;
/** How long ending may take when the collector doesn't answer. Milliseconds. */
const CLOSE_MS = 2_000;

export function isTracingWanted(environment: NodeJS.ProcessEnv): boolean {
  const { OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER } = environment;
  if (OTEL_SDK_DISABLED?.toLowerCase() === "true" || OTEL_TRACES_EXPORTER === "none") return false;
  return Boolean(environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || environment.OTEL_EXPORTER_OTLP_ENDPOINT);
}

/** @returns undefined when the environment names no collector */
export async function startSpanExport(version: string, logger: Logger): Promise<SpanExport | undefined> {
  if (!isTracingWanted(process.env)) return undefined;
  const [api, sdk, { OTLPTraceExporter }, { detectResources, envDetector, resourceFromAttributes }] = await Promise.all(
    [
      import("@opentelemetry/api"),
      import("@opentelemetry/sdk-trace"),
      import("@opentelemetry/exporter-trace-otlp-http"),
      import("@opentelemetry/resources"),
    ],
  );
  const { ROOT_CONTEXT, SpanStatusCode, TraceFlags, trace } = api;
  const named = resourceFromAttributes({ "service.name": "landbridge", "service.version": version });
  const provider = new sdk.TracerProvider({
    resource: named.merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: saying(new OTLPTraceExporter(), logger),
        maxQueueSize: MAX_QUEUED_SPANS,
      }),
    ],
  });
  const tracer = provider.getTracer("landbridge", version);
  const contextOf = (parent: TraceParent | undefined): Context => {
    if (!parent) return ROOT_CONTEXT;
    const { traceId, spanId, isSampled } = parent;
    const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
    return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
  };
  return {
    add: (change) => {
      const { name, start, end, attributes, error, children } = traceOf(change);
      const root = tracer.startSpan(name, { startTime: hrTime(start), attributes }, contextOf(change.parent));
      const within = trace.setSpan(ROOT_CONTEXT, root);
      for (const child of children) {
        const span = tracer.startSpan(
          child.name,
          { startTime: hrTime(child.start), attributes: child.attributes },
          within,
        );
        span.end(hrTime(child.end));
      }
      if (error !== undefined) root.setStatus({ code: SpanStatusCode.ERROR, message: error });
      root.end(hrTime(end));
    },
    close: async () => {
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, CLOSE_MS);
      await Promise.race([provider.shutdown().catch(() => undefined), late.promise]);
      clearTimeout(timer);
    },
  };
}

/** Says when sending begins to fail and when it works again, not each time. */
function saying(exporter: SpanExporter, logger: Logger): SpanExporter {
  let isFailing = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const fails = result.code !== 0;
        if (fails && !isFailing) logger.warn("traces can't be sent", { error: result.error?.message });
        if (!fails && isFailing) logger.info("traces are sent again");
        isFailing = fails;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

function hrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, Math.floor((milliseconds - seconds * 1000) * 1e6)];
}
