import type { Command } from "commander";
import type { Problem } from "../model/problem.ts";
import { formatDocument } from "./document.ts";
import { notFound, withNamespaceHint } from "./find-objects.ts";
import { renderTemplate } from "./json-path.ts";
import { documentOf, ObjectPrinter } from "./object-printer.ts";
import type { ObjectReader, ReadableKind, ReadObject, Selection } from "./object-reader.ts";
import { openKinds } from "./open-kinds.ts";
import { type OutputFormat, outputOption, PLAIN_TABLE } from "./output-format.ts";
import { failWith, print, printError, untilInterrupted } from "./terminal.ts";

interface GetOptions {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly selector?: string;
  readonly fieldSelector?: string;
  readonly output?: OutputFormat;
  readonly watch?: boolean;
  readonly showLabels?: boolean;
  /** Commander's name for --no-headers. */
  readonly headers: boolean;
}

interface Wanted {
  readonly reader: ObjectReader;
  readonly kinds: readonly ReadableKind[];
  /** As the user named them. */
  readonly isAll: boolean;
  readonly selection: Selection;
  readonly output: OutputFormat;
  readonly options: GetOptions;
}

interface Found {
  readonly kind: ReadableKind;
  readonly objects: readonly ReadObject[];
}

export function define(command: Command): void {
  command
    .argument("<kind>", "kind, plural or short name; several with commas; or all")
    .argument("[name]", "only this object; or kind/name as one word")
    .option("-n, --namespace <namespace>", "only this namespace; if not given that of the login, or all")
    .option("-A, --all-namespaces", "all namespaces")
    .option("-l, --selector <labels>", "only objects with these labels: app=shop,tier!=back")
    .option("--field-selector <fields>", "only objects with these fields: metadata.name=front")
    .addOption(outputOption())
    .option("-w, --watch", "go on and print changes")
    .option("--show-labels", "with a column of the labels")
    .option("--no-headers", "without the titles of the columns")
    .action((kind: string, name: string | undefined, options: GetOptions, self: Command) =>
      get(self, kind, name, options),
    );
}

async function get(self: Command, words: string, nameWord: string | undefined, options: GetOptions): Promise<void> {
  const [kindWords = "", slashName] = words.split("/");
  const { namespace, allNamespaces, selector, fieldSelector, output = PLAIN_TABLE, watch } = options;
  const hasSelectors = selector !== undefined || fieldSelector !== undefined;
  const opened = await openKinds(self, kindWords, { hasSelectors });
  if ("problem" in opened) return failWith(opened.problem);
  const { reader, kinds } = opened.value;
  const selection = {
    namespace: allNamespaces ? undefined : (namespace ?? reader.ownNamespace),
    name: nameWord ?? slashName,
    labelSelector: selector,
    fieldSelector,
  };
  const wanted = { reader, kinds, isAll: kindWords === "all", selection, output, options };
  const [kind] = kinds;
  if (watch && kind !== undefined) return kinds.length === 1 ? watchKind(wanted, kind) : cannotWatch(self);
  const found = await readAll(wanted);
  if (found !== undefined) await show(wanted, found);
}

function cannotWatch(self: Command): never {
  return self.error("error: --watch takes one kind", { exitCode: 2 });
}

/** undefined after a problem, which is told. Of "all", what the user may not see is left out and named. */
async function readAll({ reader, kinds, isAll, selection }: Wanted): Promise<readonly Found[] | undefined> {
  const found: Found[] = [];
  const hidden: string[] = [];
  for (const kind of kinds) {
    const answer = await reader.objects(kind, selection);
    if ("value" in answer) {
      if (answer.value.length > 0) found.push({ kind, objects: answer.value });
      else if (selection.name !== undefined && !isAll) failWith(notFound(kind, selection.name));
    } else if (isAll && answer.problem.code === "LB6114") hidden.push(kind.plural);
    else {
      failWith(withNamespaceHint(answer.problem, selection));
      return undefined;
    }
  }
  if (hidden.length > 0) printError(`Not shown, because you may not list them: ${hidden.join(", ")}`);
  return found;
}

async function show(wanted: Wanted, found: readonly Found[]): Promise<void> {
  const { output, selection, kinds } = wanted;
  if (output.kind === "document" || output.kind === "jsonpath") {
    const documents = found.flatMap(({ objects }) => objects.map(documentOf));
    // A name that isn't there has been told; an empty list would be no answer to it.
    if (documents.length === 0 && selection.name !== undefined) return;
    const list = { apiVersion: "v1", kind: "List", items: documents };
    const whole = selection.name !== undefined && documents.length === 1 ? (documents[0] ?? list) : list;
    print(
      output.kind === "document" ? await formatDocument(whole, output.format) : renderTemplate(output.template, whole),
    );
  } else if (found.length === 0) {
    if (selection.name !== undefined) return;
    const where = selection.namespace === undefined ? "" : ` in ${selection.namespace} namespace.`;
    printError(`No resources found${where}`);
  } else {
    const hasKinds = kinds.length > 1;
    const tables = await Promise.all(
      found.map(({ kind, objects }) => printerFor(wanted, kind, hasKinds).lines(objects)),
    );
    print(tables.join(hasKinds && output.kind !== "name" ? "\n" : ""));
  }
}

async function watchKind(wanted: Wanted, kind: ReadableKind): Promise<void> {
  const { reader, selection } = wanted;
  const printer = printerFor(wanted, kind, false);
  let printing = Promise.resolve();
  const problem: Problem | undefined = await reader.watch(
    kind,
    selection,
    (objects) => {
      printing = printing.then(async () => print(await printer.lines(objects)));
    },
    untilInterrupted(),
  );
  await printing;
  if (problem) failWith(withNamespaceHint(problem, selection));
}

function printerFor({ output, selection, options }: Wanted, kind: ReadableKind, hasKinds: boolean): ObjectPrinter {
  return new ObjectPrinter(kind, {
    output,
    hasTitles: options.headers,
    hasNamespaces: kind.namespaced && selection.namespace === undefined,
    hasLabels: options.showLabels === true,
    hasKinds,
  });
}
