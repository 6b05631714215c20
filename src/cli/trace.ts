import { type Command, Option } from "commander";
import { formatPercent } from "../lib/percent.ts";
import type { TraceRequest, TraceResult } from "../model/trace.ts";
import { endpointsText } from "./describe-service.ts";
import { type DocumentFormat, formatDocument } from "./document.ts";
import type { ControlPages } from "./object-reader.ts";
import { pagesOf } from "./open-reader.ts";
import { columns, section } from "./sections.ts";
import { table } from "./table.ts";
import { failWith, paint, print } from "./terminal.ts";
import { liveAnswerText, sendLive } from "./trace-live.ts";
import { parseTraceQuery } from "./trace-query.ts";

interface TraceOptions {
  readonly header: readonly string[];
  readonly live?: boolean;
  readonly output?: DocumentFormat;
}

export function define(command: Command): void {
  command
    .argument("<method>", "GET, POST, …")
    .argument("<url>", "as a user would write it: http://shop.example.com:8080/cart")
    .addOption(
      new Option("-H, --header <header>", "a header of the request, as 'name: value'; may be given several times")
        .argParser((value: string, before: readonly string[]) => [...before, value])
        .default([], "none"),
    )
    .option("--live", "also send the request through the gateway, and show what came back")
    .addOption(new Option("-o, --output <format>", "output format").choices(["yaml", "json"]))
    .action(async (method: string, url: string, options: TraceOptions, self: Command) => {
      const pages = await pagesOf(self);
      if ("problem" in pages) failWith(pages.problem);
      else await trace(pages.value, method, url, options);
    });
}

async function trace(pages: ControlPages, method: string, url: string, options: TraceOptions): Promise<void> {
  const query = parseTraceQuery(method, url, options.header);
  if ("problem" in query) return failWith(query.problem);
  const answer = await pages.trace(query.value);
  if ("problem" in answer) return failWith(answer.problem);
  const { listener } = answer.value;
  if (!listener) process.exitCode = 1;
  if (!options.output) print(traceText(query.value, answer.value));
  const live = options.live && listener ? await sendLive(pages, query.value, listener) : undefined;
  if (live && "problem" in live) failWith(live.problem);
  const answered = live && "value" in live ? live.value : undefined;
  if (options.output) print(await formatDocument({ ...answer.value, answer: answered }, options.output));
  else if (answered) print(`\n${liveAnswerText(answered)}`);
}

/** What a reader wants first is first: what happens, then why. */
export function traceText(query: TraceRequest, trace: TraceResult): string {
  const { listener, legs, candidates } = trace;
  const facts: [string, string][] = [
    ["Request:", `${query.method} ${query.scheme}://${query.hostname}:${query.port}${query.path}`],
    ["Gateway:", listener?.gateway ?? "<none>"],
    [
      "Listener:",
      listener
        ? `${listener.listeners.join(", ")} (${listener.address}:${listener.port}${listener.tls ? ", TLS" : ""})`
        : "<none>",
    ],
    ["Host:", trace.hostname ? `${trace.hostname} (table ${trace.table})` : "<none>"],
    ["Route:", trace.chosen ?? "<none>"],
    ["Action:", actionText(trace)],
  ];
  const routeRows = candidates.map(({ route, source, matched, reason }) => [
    route === trace.chosen ? "->" : "",
    route,
    source,
    matched ? "yes" : "no",
    reason,
  ]);
  const legRows = legs.map(({ leg, percent, host, endpoints }) => [
    leg ?? "<unresolved: answers 500>",
    formatPercent(percent),
    host ?? "<as asked>",
    endpointsText(endpoints),
  ]);
  return [
    columns(facts),
    ...(legs.length > 0 ? [section("Legs", table(["LEG", "SHARE", "HOST", "ENDPOINTS"], legRows))] : []),
    ...(candidates.length > 0
      ? [section("Routes, in the order they are tried", table(["", "ROUTE", "FROM", "MATCHES", "WHY"], routeRows))]
      : []),
  ].join("\n");
}

function actionText({ action, listener }: TraceResult): string {
  switch (action.kind) {
    case "forward":
      return `forward as ${action.path}${action.sticky === undefined ? "" : `, sticky by ${action.sticky}`}`;
    case "redirect":
      return `redirect ${action.status} to ${action.location}`;
    case "fail":
      return paint("yellow", `${listener ? `answer ${action.status}` : "no answer"}: ${action.reason}`);
  }
}
