import {
  HeaderValueOption_HeaderAppendAction as Append,
  type HeaderValueOptionSchema,
} from "../../gen/envoy/config/core/v3/base_pb.js";
import type { HeaderChanges, HeaderValue } from "../routing/routing.ts";
import type { Init } from "./message-init.ts";

type HeaderOption = Init<typeof HeaderValueOptionSchema>;

export interface EnvoyHeaderChanges {
  readonly add: HeaderOption[];
  readonly remove: string[];
}

/**
 * Envoy removes first and then adds in order, which is the order of HeaderChanges. It refuses to touch Host, in responses
 * too, where it means nothing; for requests `hostOf` says what it becomes instead.
 */
export function translateHeaderChanges({ set, add, remove }: HeaderChanges): EnvoyHeaderChanges {
  const allowed = (headers: readonly HeaderValue[]) => headers.filter(({ name }) => !isHost(name));
  return {
    add: [
      ...allowed(set).map((header) => option(header, Append.OVERWRITE_IF_EXISTS_OR_ADD)),
      ...allowed(add).map((header) => option(header, Append.APPEND_IF_EXISTS_OR_ADD)),
    ],
    remove: remove.filter((name) => !isHost(name)),
  };
}

/** What Host these changes ask for. A Host can't be added to or removed: the first only replaces, the second does nothing. */
export function hostOf(changes: HeaderChanges): string | undefined {
  return [...changes.add, ...changes.set].find((header) => isHost(header.name))?.value;
}

export function hasChanges(changes: HeaderChanges): boolean {
  return changes.set.length + changes.add.length + changes.remove.length > 0;
}

function isHost(name: string): boolean {
  return name.toLowerCase() === "host";
}

function option({ name, value }: HeaderValue, appendAction: Append): HeaderOption {
  // Envoy reads values as format strings; a user's "100%" means itself.
  return { header: { key: name, value: value.replaceAll("%", "%%") }, appendAction, keepEmptyValue: value === "" };
}
