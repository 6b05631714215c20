/** Messages that are no objects in JSON. */
import { list, message, pointer } from "./message-type.ts";
import { BrokenMessage } from "./wire-reader.ts";

/** The years 1 to 9999, which RFC 3339 can write. Seconds since 1970. */
const FIRST_SECOND = -62_135_596_800;
const LAST_SECOND = 253_402_300_799;

const timestamp = { 1: pointer("seconds", "int64"), 2: pointer("nanos", "int32") };

/** apimachinery, pkg/apis/meta/v1/time_proto.go: an empty message is no time, and fractions of seconds don't count. */
export const TIME = message(timestamp, ({ seconds, nanos }) => {
  const time = timeOf(seconds, nanos);
  return time && `${time}Z`;
});

/** apimachinery, pkg/apis/meta/v1/micro_time.go and micro_time_proto.go. */
export const MICRO_TIME = message(timestamp, ({ seconds, nanos }) => {
  const time = timeOf(seconds, nanos);
  const micros = Math.floor(Number(nanos ?? 0) / 1_000);
  return time && `${time}.${String(micros).padStart(6, "0")}Z`;
});

/** Up to whole seconds, without a zone; undefined for the zero time of Go, which is null in JSON. */
function timeOf(seconds: unknown, nanos: unknown): string | undefined {
  const fraction = Number(nanos ?? 0);
  if (fraction < 0 || fraction > 999_999_999) throw new BrokenMessage("a time has parts of seconds that are none");
  if (seconds === undefined && nanos === undefined) return undefined;
  const second = Number(seconds ?? 0);
  if (second < FIRST_SECOND || second > LAST_SECOND) throw new BrokenMessage("a time isn't in the years 1 to 9999");
  return second === FIRST_SECOND ? undefined : new Date(second * 1_000).toISOString().slice(0, 19);
}

/**
 * apimachinery, pkg/util/intstr/generated.proto. It has no way to say nothing: 0 and "" are what a Service's targetPort
 * has when it isn't given (kubernetes, pkg/apis/core/v1/defaults.go), so that its field leaves them out.
 */
export const INT_OR_STRING = message(
  { 1: pointer("type", "int64"), 2: pointer("intVal", "int32"), 3: pointer("strVal", "string") },
  ({ type = 0, intVal, strVal }) => {
    if (type !== 0 && type !== 1) throw new BrokenMessage("a value is neither a number nor a text");
    return type === 0 ? intVal : strVal;
  },
);

/** apimachinery, pkg/apis/meta/v1/generated.proto. */
export const FIELDS_V1 = message({ 1: pointer("raw", "json") }, ({ raw }) => raw);

/** api, authentication/v1/generated.proto. */
export const EXTRA_VALUE = message({ 1: list("items", "string") }, ({ items }) => items ?? []);
