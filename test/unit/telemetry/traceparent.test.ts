import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTraceParent } from "../../../src/telemetry/traceparent.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

test("the caller's place in a trace is read, and whether it is recorded", () => {
  assert.deepEqual(parseTraceParent(`00-${TRACE}-${SPAN}-01`), { traceId: TRACE, spanId: SPAN, isSampled: true });
  assert.equal(parseTraceParent(`00-${TRACE}-${SPAN}-00`)?.isSampled, false);
  assert.equal(parseTraceParent(`cc-${TRACE}-${SPAN}-01-what-the-future-brings`)?.traceId, TRACE);
});

test("a header that isn't valid is none (W3C Trace Context, 3.2.2)", () => {
  for (const header of [
    undefined,
    "",
    "nonsense",
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}${"a".repeat(100_000)}`,
  ])
    assert.equal(parseTraceParent(header), undefined, String(header).slice(0, 80));
});
