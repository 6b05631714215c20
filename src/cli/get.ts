import { type Command, Option } from "commander";
import type { LocalClient } from "../client/local-client.ts";
import type { KindView, ObjectFilter, ObjectView } from "../client/local-types.ts";
import { columnsOf } from "./columns.ts";
import { type DocumentFormat, formatDocument } from "./document.ts";
import { findKinds, notFound } from "./find-objects.ts";
import { clientOf } from "./session.ts";
import { Table } from "./table.ts";
import { failWith, print, printError, untilInterrupted } from "./terminal.ts";

interface GetOptions {
  readonly namespace?: string;
  readonly output?: "wide" | "name" | DocumentFormat;
  readonly watch?: boolean;
  /** Commander's name for --no-headers. */
  readonly headers: boolean;
}

export function define(command: Command): void {
  command
    .argument("<kind>", "kind, plural or short name; several with commas; or all")
    .argument("[name]", "only this object")
    .option("-n, --namespace <namespace>", "only this namespace")
    .option("-A, --all-namespaces", "all namespaces (the default)")
    .addOption(new Option("-o, --output <format>", "output format").choices(["wide", "yaml", "json", "name"]))
    .option("-w, --watch", "go on and print changes")
    .option("--no-headers", "without the titles of the columns")
    .action((kind: string, name: string | undefined, options: GetOptions, self: Command) =>
      get(clientOf(self), kind, name, options),
    );
}

async function get(
  client: LocalClient,
  words: string,
  nameWord: string | undefined,
  options: GetOptions,
): Promise<void> {
  const [kindWords = "", slashName] = words.split("/");
  const name = nameWord ?? slashName;
  const known = await client.kinds();
  if ("problem" in known) return failWith(known.problem);
  const kinds = findKinds(known.value, kindWords);
  if ("problem" in kinds) return failWith(kinds.problem);
  const [kind] = kinds.value;
  if (options.watch && kind && kinds.value.length === 1)
    return watch(client, kind, { namespace: options.namespace, name }, options);
  const found: { kind: KindView; objects: readonly ObjectView[] }[] = [];
  for (const each of kinds.value) {
    const answer = await client.objects({ kind: each.kind, namespace: options.namespace, name });
    if ("problem" in answer) return failWith(answer.problem);
    if (answer.value.length > 0) found.push({ kind: each, objects: answer.value });
    else if (name !== undefined) failWith(notFound(each, name));
  }
  if (options.output === "yaml" || options.output === "json") {
    const documents = found.flatMap(({ objects }) => objects.map(asDocument));
    const list = { apiVersion: "v1", kind: "List", items: documents };
    print(await formatDocument(name !== undefined && documents.length === 1 ? documents[0] : list, options.output));
  } else if (found.length === 0 && name === undefined) {
    printError(
      options.namespace === undefined ? "No resources found" : `No resources found in ${options.namespace} namespace.`,
    );
  } else {
    const isMixed = kinds.value.length > 1;
    const tables = found.map(({ kind: each, objects }) => new ObjectPrinter(each, options, isMixed).lines(objects));
    if (tables.length > 0) print(tables.join(isMixed && options.output !== "name" ? "\n" : ""));
  }
}

async function watch(client: LocalClient, kind: KindView, filter: ObjectFilter, options: GetOptions): Promise<void> {
  const { output } = options;
  const printer = new ObjectPrinter(kind, options, false);
  let first: ObjectView[] | undefined = [];
  let printing = Promise.resolve();
  const show = async (objects: readonly ObjectView[]) => {
    if (output !== "yaml" && output !== "json") print(printer.lines(objects));
    else
      for (const object of objects)
        print((output === "yaml" ? "---\n" : "") + (await formatDocument(asDocument(object), output)));
  };
  const problem = await client.watch(
    ["objects"],
    { ...filter, kind: kind.kind },
    (line) => {
      if (line.topic !== "objects") return;
      if (first === undefined) {
        printing = printing.then(() => show([line.object]));
        return;
      }
      // What is there already arrives in one go, and makes one table with widths that fit all of it.
      if (first.push(line.object) > 1) return;
      setImmediate(() => {
        const batch = first ?? [];
        first = undefined;
        printing = printing.then(() => show(batch));
      });
    },
    untilInterrupted(),
  );
  await printing;
  if (problem) failWith(problem);
}

/** Kubernetes' form: status beside spec, no origin. */
function asDocument({ resource, status }: ObjectView): object {
  return status === undefined ? resource : { ...resource, status };
}

class ObjectPrinter {
  readonly #kind: KindView;
  readonly #options: GetOptions;
  readonly #isMixed: boolean;
  readonly #columns: ReturnType<typeof columnsOf>;
  readonly #table: Table;

  constructor(kind: KindView, options: GetOptions, isMixed: boolean) {
    this.#kind = kind;
    this.#options = options;
    this.#isMixed = isMixed;
    this.#columns = columnsOf(kind.kind, options.output === "wide");
    const titles = ["NAME", ...this.#columns.map(({ title }) => title)];
    this.#table = new Table(this.#hasNamespaces() ? ["NAMESPACE", ...titles] : titles, options.headers);
  }

  lines(objects: readonly ObjectView[]): string {
    if (this.#options.output === "name") {
      return objects.map(({ resource }) => `${this.#reference(resource.metadata.name)}\n`).join("");
    }
    const now = new Date();
    return this.#table.lines(objects.map((object) => this.#row(object, now)));
  }

  #row(object: ObjectView, now: Date): string[] {
    const { name, namespace } = object.resource.metadata;
    const shown = this.#isMixed ? this.#reference(name) : name;
    const cells = [shown, ...this.#columns.map(({ value }) => value(object, now))];
    return this.#hasNamespaces() ? [namespace, ...cells] : cells;
  }

  #hasNamespaces(): boolean {
    return this.#kind.namespaced && this.#options.namespace === undefined;
  }

  #reference(name: string): string {
    const { singular, group } = this.#kind;
    return `${group === "" ? singular : `${singular}.${group}`}/${name}`;
  }
}
