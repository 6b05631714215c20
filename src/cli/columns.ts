/** The columns of `get`: those of the kind (client/columns.ts), then where the object is from. */
import { type Column as SharedColumn, columnsOf as sharedColumnsOf } from "../client/columns.ts";
import type { ObjectView } from "../client/local-types.ts";
import { text } from "../lib/fields.ts";

export interface Column {
  readonly title: string;
  readonly wide: boolean;
  readonly value: (object: ObjectView, now: Date) => string;
}

const OWN: readonly Column[] = [
  { title: "GENERATION", wide: true, value: ({ resource }) => text(resource.metadata.generation) },
  { title: "ORIGIN", wide: true, value: originText },
];

/** The columns after NAME, without those of `-o wide` unless they are wanted. */
export function columnsOf(kind: string, isWide: boolean): readonly Column[] {
  const shared = sharedColumnsOf(kind).filter(({ format }) => format !== "name");
  return [...shared.map(columnOf), ...OWN].filter(({ wide }) => isWide || !wide);
}

/** "shop/front.yaml:12:1" */
export function originText({ origin }: ObjectView): string {
  const { source, position } = origin;
  return position ? `${position.file}:${position.line}:${position.column}` : source;
}

function columnOf({ name, priority, value }: SharedColumn): Column {
  return {
    title: name.toUpperCase(),
    wide: priority > 0,
    value: (view, now) => text(value(asApiObject(view), now)),
  };
}

/** An object of a directory has no creationTimestamp: its age counts from when it was first read. */
function asApiObject({ resource, status, since }: ObjectView): object {
  const metadata = { ...resource.metadata, creationTimestamp: resource.metadata.creationTimestamp ?? since };
  return { ...resource, metadata, status };
}
