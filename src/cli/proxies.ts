import { type Command, Option } from "commander";
import { LocalClient } from "../client/local-client.ts";
import type { ProxyView } from "../client/local-types.ts";
import { age } from "../lib/age.ts";
import { parseObjectKey } from "../model/keys.ts";
import { type DocumentFormat, formatDocument } from "./document.ts";
import { pagesOf } from "./open-reader.ts";
import { Table } from "./table.ts";
import { cliProblem, failWith, paint, print, printError, untilInterrupted } from "./terminal.ts";

interface ProxiesOptions {
  readonly output?: DocumentFormat;
  readonly watch?: boolean;
}

/** Which of Envoy's types each column counts. */
const COUNTED = {
  LISTENERS: "Listener",
  ROUTES: "RouteConfiguration",
  CLUSTERS: "Cluster",
  ENDPOINTS: "ClusterLoadAssignment",
  SECRETS: "Secret",
} as const;

const TITLES = ["GATEWAY", "PROXY", "IN SYNC", ...Object.keys(COUNTED), "OUTSTANDING", "REFUSED", "CONNECTED"];

export function define(command: Command): void {
  command
    .addOption(new Option("-o, --output <format>", "output format").choices(["yaml", "json"]))
    .option("-w, --watch", "go on and print changes")
    .action((options: ProxiesOptions, self: Command) => (options.watch ? watch(self, options) : show(self, options)));
}

async function show(self: Command, { output }: ProxiesOptions): Promise<void> {
  const pages = await pagesOf(self);
  if ("problem" in pages) return failWith(pages.problem);
  const answer = await pages.value.proxies();
  if ("problem" in answer) return failWith(answer.problem);
  if (output) print(await formatDocument(answer.value, output));
  else if (answer.value.length === 0) printError("No proxy is connected.");
  else print(new Table(TITLES).lines(answer.value.map(row)) + answer.value.map(details).join(""));
}

async function watch(self: Command, { output }: ProxiesOptions): Promise<void> {
  const pages = await pagesOf(self);
  if ("problem" in pages) return failWith(pages.problem);
  if (!(pages.value instanceof LocalClient))
    return failWith(cliProblem("LB6244", "proxies can't be watched over the API"));
  const table = new Table(TITLES);
  let printing = Promise.resolve();
  const problem = await pages.value.watch(
    ["proxies"],
    {},
    (line) => {
      if (line.topic !== "proxies") return;
      const { proxy } = line;
      printing = printing.then(async () => {
        if (output) print((output === "yaml" ? "---\n" : "") + (await formatDocument(proxy, output)));
        else print(table.lines([line.type === "DELETED" ? goneRow(proxy) : row(proxy)]) + details(proxy));
      });
    },
    untilInterrupted(),
  );
  await printing;
  if (problem) failWith(problem);
}

function row(proxy: ProxyView): string[] {
  const count = (type: string) => String(proxy.types.find((each) => each.type === type)?.count ?? 0);
  return [
    gatewayName(proxy),
    proxy.instance,
    proxy.inSync ? "yes" : "no",
    ...Object.values(COUNTED).map(count),
    String(proxy.outstanding.length),
    String(proxy.refused.length),
    age(proxy.connectedSince, new Date()),
  ];
}

function goneRow(proxy: ProxyView): string[] {
  return [gatewayName(proxy), proxy.instance, "disconnected"];
}

/** What is outstanding, and what was refused and why: the reasons for a "no". */
function details({ instance, outstanding, refused }: ProxyView): string {
  const shown = outstanding.slice(0, 5).join(", ");
  const more = outstanding.length > 5 ? ` and ${outstanding.length - 5} more` : "";
  const waiting = outstanding.length > 0 ? [`${instance} has not acknowledged ${shown}${more}\n`] : [];
  const refusals = refused.map(({ resource, message, owners }) => {
    const whose = owners.length > 0 ? ` (from ${owners.join(", ")})` : "";
    return `${paint("red", `${instance} refused ${resource}${whose}: ${message}`)}\n`;
  });
  return [...waiting, ...refusals].join("");
}

function gatewayName({ gateway }: ProxyView): string {
  const { namespace, name } = parseObjectKey(gateway);
  return `${namespace}/${name}`;
}
