import type { HeaderChanges } from "./routing.ts";

/** The Gateway API's HTTPHeaderFilter, parsed. */
interface HeaderModifier {
  readonly set: readonly { readonly name: string; readonly value: string }[];
  readonly add: readonly { readonly name: string; readonly value: string }[];
  readonly remove: readonly string[];
}

export const NO_HEADER_CHANGES: HeaderChanges = { set: [], add: [], remove: [] };

export function headerChanges(modifier: HeaderModifier | undefined): HeaderChanges {
  if (!modifier) return NO_HEADER_CHANGES;
  const lowerCase = ({ name, value }: { name: string; value: string }) => ({ name: name.toLowerCase(), value });
  return {
    set: modifier.set.map(lowerCase),
    add: modifier.add.map(lowerCase),
    remove: modifier.remove.map((name) => name.toLowerCase()),
  };
}

/** The effect of one set of changes after the other. */
export function mergeHeaderChanges(first: HeaderChanges, second: HeaderChanges): HeaderChanges {
  if (first === NO_HEADER_CHANGES) return second;
  if (second === NO_HEADER_CHANGES) return first;
  const replaced = new Set([...second.set.map((header) => header.name), ...second.remove]);
  const keep = (header: { readonly name: string }) => !replaced.has(header.name);
  return {
    set: [...first.set.filter(keep), ...second.set],
    add: [...first.add.filter(keep), ...second.add],
    remove: [...new Set([...first.remove, ...second.remove])],
  };
}
