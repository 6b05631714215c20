import type { FieldPath, Finding } from "./mistake.ts";

/**
 * Entries of a list that are there twice by `keyOf` (undefined: not compared). Each later one gets a finding
 * at `path`, its index, and `field` if given.
 */
export function repeated<Entry>(
  entries: readonly Entry[],
  keyOf: (entry: Entry) => string | number | undefined,
  path: FieldPath,
  describe: (entry: Entry, first: number) => Omit<Finding, "path">,
  ...field: readonly string[]
): Finding[] {
  const seen = new Map<string | number, number>();
  return entries.flatMap((entry, index) => {
    const key = keyOf(entry);
    if (key === undefined) return [];
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, index);
      return [];
    }
    return [{ ...describe(entry, first), path: [...path, index, ...field] }];
  });
}

/** For lists whose entries have a name each. */
export function repeatedNames(
  entries: readonly { readonly name?: string | undefined }[],
  path: FieldPath,
  what: string,
): Finding[] {
  return repeated(
    entries,
    ({ name }) => name,
    path,
    ({ name }, first) => ({
      code: "LB1301",
      message: `${what} ${JSON.stringify(name)} is in the list twice; the first is number ${first + 1}`,
      hint: "Rename one, or take it out.",
    }),
    "name",
  );
}

/** For lists of plain values that are sets. */
export function repeatedValues(values: readonly (string | number)[], path: FieldPath): Finding[] {
  return repeated(
    values,
    (value) => value,
    path,
    (value) => ({ code: "LB1301", message: `${JSON.stringify(value)} is in the list twice`, hint: "Take one out." }),
  );
}
