import { type Command, Option } from "commander";
import type { ApiClient } from "../client/api-client.ts";
import { findResource } from "../client/api-resources.ts";
import type { ApiResource } from "../client/api-types.ts";
import { type Column, columnsOf } from "../client/columns.ts";
import type { Answer } from "../client/local-client.ts";
import { at, text } from "../lib/fields.ts";
import type { RawObject } from "../model/object-meta.ts";
import { lastSeenTime } from "./about-events.ts";
import { type DocumentFormat, formatDocument } from "./document.ts";
import { withNamespaceHint } from "./find-objects.ts";
import { apiOf } from "./session.ts";
import { Table } from "./table.ts";
import { cliProblem, failWith, print, printError, untilInterrupted } from "./terminal.ts";

interface EventsOptions {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly for?: string;
  readonly types?: string;
  readonly watch?: boolean;
  readonly output?: "wide" | DocumentFormat;
  /** Commander's name for --no-headers. */
  readonly headers: boolean;
}

/** Which events, and how they are shown. */
interface Wanted {
  readonly resource: ApiResource;
  /** undefined: all. */
  readonly namespace: string | undefined;
  readonly fieldSelector: string | undefined;
  readonly options: EventsOptions;
}

export function define(command: Command): void {
  command
    .option("-n, --namespace <namespace>", "only this namespace; if not given that of the login, or all")
    .option("-A, --all-namespaces", "all namespaces")
    .option("--for <kind/name>", "only about this object")
    .option("--types <types>", "only these: Normal,Warning")
    .option("-w, --watch", "go on and print what happens")
    .addOption(new Option("-o, --output <format>", "output format").choices(["wide", "yaml", "json"]))
    .option("--no-headers", "without the titles of the columns")
    .action((options: EventsOptions, self: Command) => events(self, options));
}

async function events(self: Command, options: EventsOptions): Promise<void> {
  const api = await apiOf(self);
  if ("problem" in api) return failWith(api.problem);
  const wanted = await wantedOf(api.value, options);
  if ("problem" in wanted) return failWith(wanted.problem);
  return options.watch ? watch(api.value, wanted.value) : show(api.value, wanted.value);
}

async function wantedOf(api: ApiClient, options: EventsOptions): Promise<Answer<Wanted>> {
  const resources = await api.resources();
  if ("problem" in resources) return resources;
  const resource = findResource(resources.value, "events.v1");
  if (!resource) return { problem: cliProblem("LB6201", "the API has no Events") };
  const about = options.for === undefined ? undefined : aboutOf(resources.value, options.for);
  if (about !== undefined && "problem" in about) return about;
  const namespace = options.allNamespaces ? undefined : (options.namespace ?? api.connection.namespace);
  return { value: { resource, namespace, fieldSelector: about?.value, options } };
}

function aboutOf(resources: readonly ApiResource[], words: string): Answer<string> {
  const [kindWord = "", name = ""] = words.split("/");
  const resource = findResource(resources, kindWord);
  if (!resource || name === "")
    return { problem: cliProblem("LB6241", `"${words}" names no object: --for takes httproute/front`) };
  return { value: `involvedObject.kind=${resource.kind},involvedObject.name=${name}` };
}

async function show(api: ApiClient, wanted: Wanted): Promise<void> {
  const { resource, namespace, fieldSelector, options } = wanted;
  const list = await api.list(resource, namespace ?? "", { fieldSelector });
  if ("problem" in list) return failWith(withNamespaceHint(list.problem, { namespace }));
  const items = list.value.items.filter((event) => isOfType(event, options)).sort(byTime);
  if (options.output === "yaml" || options.output === "json")
    print(await formatDocument({ apiVersion: "v1", kind: "List", items }, options.output));
  else if (items.length === 0)
    printError(`No events found${namespace === undefined ? "." : ` in ${namespace} namespace.`}`);
  else print(new EventTable(wanted).lines(items));
}

async function watch(api: ApiClient, wanted: Wanted): Promise<void> {
  const { resource, namespace, fieldSelector, options } = wanted;
  const { output } = options;
  const table = new EventTable(wanted);
  const first: RawObject[] = [];
  let isSynced = false;
  const tell = async (items: readonly RawObject[]) => {
    if (output !== "yaml" && output !== "json") print(table.lines(items));
    else for (const item of items) print((output === "yaml" ? "---\n" : "") + (await formatDocument(item, output)));
  };
  const signal = untilInterrupted();
  for await (const change of api.watch(resource, namespace ?? "", { fieldSelector, signal })) {
    if ("problem" in change) return failWith(withNamespaceHint(change.problem, { namespace }));
    const { value } = change;
    if (value.type === "SYNCED") {
      isSynced = true;
      if (first.length > 0) await tell(first.sort(byTime));
    } else if (value.type === "DELETED" || !isOfType(value.object, options)) {
      // That an event is forgotten is no event.
    } else if (isSynced) await tell([value.object]);
    else first.push(value.object);
  }
}

class EventTable {
  readonly #columns: readonly Column[];
  readonly #hasNamespaces: boolean;
  readonly #table: Table;

  constructor({ namespace, options }: Wanted) {
    this.#columns = columnsOf("Event").filter(({ priority }) => options.output === "wide" || priority === 0);
    this.#hasNamespaces = namespace === undefined;
    const titles = this.#columns.map(({ name }) => name.toUpperCase());
    this.#table = new Table(this.#hasNamespaces ? ["NAMESPACE", ...titles] : titles, options.headers);
  }

  lines(events: readonly RawObject[]): string {
    const now = new Date();
    return this.#table.lines(
      events.map((event) => {
        const cells = this.#columns.map(({ value }) => text(value(event, now)));
        return this.#hasNamespaces ? [text(event.metadata.namespace), ...cells] : cells;
      }),
    );
  }
}

function isOfType(event: RawObject, { types }: EventsOptions): boolean {
  return (
    types === undefined ||
    types
      .toLowerCase()
      .split(",")
      .includes(text(at(event, "type")).toLowerCase())
  );
}

function byTime(a: RawObject, b: RawObject): number {
  return lastSeenTime(a) - lastSeenTime(b);
}
