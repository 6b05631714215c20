/** Lists for people: metav1.Table, which kubectl prints as it is. */
import { type Column, columnsOf } from "../../client/columns.ts";
import type { MetaVersion } from "../negotiation/representation.ts";
import type { Refusal } from "../status/status.ts";
import { type ListMeta, metaVersion, partialObject } from "./partial-object.ts";

const INCLUDE_OBJECT = ["None", "Metadata", "Object"] as const;

/** What each row carries besides its cells. */
export type IncludeObject = (typeof INCLUDE_OBJECT)[number];

export interface TableOptions {
  readonly includeObject: IncludeObject;
  /** What ages count from. */
  readonly now: Date;
  readonly listMeta: ListMeta;
  /** Without the definitions of columns, in a watch, whose first table has them. */
  readonly noHeaders?: boolean;
  /** "v1" unless given. */
  readonly version?: MetaVersion;
}

export interface Table {
  readonly kind: "Table";
  readonly apiVersion: string;
  readonly metadata: ListMeta;
  readonly columnDefinitions: readonly ColumnDefinition[];
  readonly rows: readonly { readonly cells: readonly (string | number)[]; readonly object: unknown }[];
}

export type ColumnDefinition = Omit<Column, "value">;

/** @param objects of one kind, as the API has them */
export function tableOf(kind: string, objects: readonly unknown[], options: TableOptions): Table {
  const { includeObject, now, listMeta, noHeaders = false, version = "v1" } = options;
  const columns = columnsOf(kind);
  const carried = {
    None: () => null,
    Metadata: (object: unknown) => partialObject(object, version),
    Object: (object: unknown) => object,
  }[includeObject];
  return {
    kind: "Table",
    apiVersion: metaVersion(version),
    metadata: listMeta,
    columnDefinitions: noHeaders ? [] : columns.map(({ value: _, ...definition }) => definition),
    rows: objects.map((object) => ({ cells: columns.map(({ value }) => value(object, now)), object: carried(object) })),
  };
}

/** The query parameter `includeObject`; absent means Metadata. */
export function includeObjectOf(
  query: URLSearchParams,
): { readonly includeObject: IncludeObject } | { readonly problem: Refusal } {
  const asked = query.get("includeObject") || "Metadata";
  const includeObject = INCLUDE_OBJECT.find((each) => each === asked);
  if (includeObject) return { includeObject };
  const message = `includeObject: Unsupported value: ${JSON.stringify(asked.slice(0, 40))}: supported values: "None", "Metadata", "Object"`;
  return { problem: { reason: "BadRequest", message } };
}
