/** Which lines of two texts differ. */
export interface DiffLine {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
}

/** Beyond it, texts are shown as wholly different: the table of the comparison has a cell for each pair of lines. */
const MAX_CELLS = 4_000_000;

/** The fewest lines to take out and put in, by the longest common subsequence. Removed lines come before added ones. */
export function lineDiff(before: readonly string[], after: readonly string[]): DiffLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return [
    ...lines("same", before.slice(0, start)),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...lines("same", before.slice(before.length - end)),
  ];
}

function middle(before: readonly string[], after: readonly string[]): DiffLine[] {
  if (before.length * after.length > MAX_CELLS) return [...lines("removed", before), ...lines("added", after)];
  const width = after.length + 1;
  // Cell (i, j): how many lines the rests from i and from j have in common.
  const common = new Uint32Array((before.length + 1) * width);
  const cell = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      common[i * width + j] =
        before[i] === after[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
  const found: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      found.push({ kind: "same", text: before[i] ?? "" });
      i++;
      j++;
    } else if (j >= after.length || (i < before.length && cell(i + 1, j) >= cell(i, j + 1)))
      found.push({ kind: "removed", text: before[i++] ?? "" });
    else found.push({ kind: "added", text: after[j++] ?? "" });
  }
  return found;
}

function lines(kind: DiffLine["kind"], texts: readonly string[]): DiffLine[] {
  return texts.map((text) => ({ kind, text }));
}
