/** What is kept of many measurements of one thing; of a single one, all four are the same. */
export interface Sample {
  readonly min: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly count: number;
}

export function sampleOf(values: readonly number[]): Sample {
  if (values.length === 0) throw new Error("nothing was measured");
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { min: at(0), p50: at(0.5), p99: at(0.99), max: at(1), count: sorted.length };
}

export function single(value: number): Sample {
  return sampleOf([value]);
}
