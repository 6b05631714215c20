import type { KindView } from "../client/local-types.ts";
import { columnsOf } from "./columns.ts";
import { formatDocument } from "./document.ts";
import { renderTemplate } from "./json-path.ts";
import type { ReadObject } from "./object-reader.ts";
import type { OutputFormat } from "./output-format.ts";
import { Table } from "./table.ts";

export interface PrintedColumns {
  readonly output: OutputFormat;
  readonly hasTitles: boolean;
  readonly hasNamespaces: boolean;
  readonly hasLabels: boolean;
  /** Names with their kinds, where several kinds are listed. */
  readonly hasKinds: boolean;
}

/** Prints objects of one kind, in as many steps as they come; tables stay aligned. */
export class ObjectPrinter {
  readonly #kind: KindView;
  readonly #options: PrintedColumns;
  readonly #columns: ReturnType<typeof columnsOf>;
  readonly #table: Table;

  constructor(kind: KindView, options: PrintedColumns) {
    const { output, hasTitles, hasNamespaces, hasLabels } = options;
    this.#kind = kind;
    this.#options = options;
    this.#columns = columnsOf(kind.kind, output.kind === "table" && output.isWide);
    const titles = [
      ...(hasNamespaces ? ["NAMESPACE"] : []),
      "NAME",
      ...this.#columns.map(({ title }) => title),
      ...(hasLabels ? ["LABELS"] : []),
    ];
    this.#table = new Table(titles, hasTitles);
  }

  /** One after the other, not as a list. */
  async lines(objects: readonly ReadObject[]): Promise<string> {
    const { output } = this.#options;
    switch (output.kind) {
      case "table": {
        const now = new Date();
        return this.#table.lines(objects.map((object) => this.#row(object, now)));
      }
      case "name":
        return objects.map(({ resource }) => `${this.#reference(resource.metadata.name)}\n`).join("");
      case "jsonpath":
        return objects.map((object) => `${renderTemplate(output.template, documentOf(object))}\n`).join("");
      case "document": {
        const start = output.format === "yaml" ? "---\n" : "";
        const texts = objects.map(async (object) => start + (await formatDocument(documentOf(object), output.format)));
        return (await Promise.all(texts)).join("");
      }
    }
  }

  #row(object: ReadObject, now: Date): string[] {
    const { hasKinds, hasNamespaces, hasLabels } = this.#options;
    const { name, namespace, labels } = object.resource.metadata;
    return [
      ...(hasNamespaces ? [namespace] : []),
      hasKinds ? this.#reference(name) : name,
      ...this.#columns.map(({ value }) => value(object, now)),
      ...(hasLabels ? [labelsText(labels)] : []),
    ];
  }

  #reference(name: string): string {
    const { singular, group } = this.#kind;
    return `${group === "" ? singular : `${singular}.${group}`}/${name}`;
  }
}

/** Kubernetes' form: status beside spec. Without origin, which the API has as an annotation. */
export function documentOf({ resource, status, raw }: ReadObject): object {
  if (raw) return raw;
  return status === undefined ? resource : { ...resource, status };
}

export function labelsText(labels: Readonly<Record<string, string>>, between = ","): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.join(between) || "<none>";
}
