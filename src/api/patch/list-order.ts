/** The order of a list after a merge: patched entries in the patch's order, the others where they were, as far as both go. */

/** What tells an entry of a list apart: itself, or its merge key's value. */
export type EntryId = (entry: unknown) => unknown;

/**
 * @param order ids of the patched entries; all others are the server's own
 * @param before ids of the list as it was
 */
export function orderedEntries(
  entries: readonly unknown[],
  order: readonly unknown[],
  before: readonly unknown[],
  idOf: EntryId,
): unknown[] {
  const inOrder = positions(order);
  const inBefore = positions(before);
  const place = (entry: unknown, places: ReadonlyMap<unknown, number>) =>
    places.get(idOf(entry)) ?? Number.MAX_SAFE_INTEGER;
  const patched = entries.filter((entry) => inOrder.has(idOf(entry)));
  const others = entries.filter((entry) => !inOrder.has(idOf(entry)));
  patched.sort((a, b) => place(a, inOrder) - place(b, inOrder));
  others.sort((a, b) => place(a, inBefore) - place(b, inBefore));

  const merged: unknown[] = [];
  let next = 0;
  for (const entry of patched) {
    const position = inBefore.get(idOf(entry));
    while (position !== undefined && next < others.length && place(others[next], inBefore) < position) {
      merged.push(others[next]);
      next += 1;
    }
    merged.push(entry);
  }
  return [...merged, ...others.slice(next)];
}

/** Whether the ids stand in `order`, in the same order. */
export function followsOrder(ids: readonly unknown[], order: readonly unknown[]): boolean {
  let next = 0;
  for (const id of ids) {
    while (next < order.length && order[next] !== id) next += 1;
    if (next === order.length) return false;
    next += 1;
  }
  return true;
}

function positions(ids: readonly unknown[]): ReadonlyMap<unknown, number> {
  const first = new Map<unknown, number>();
  for (const [index, id] of ids.entries()) if (!first.has(id)) first.set(id, index);
  return first;
}
