/** "33.3%", "50%", "0.25%" */
export function formatPercent(percent: number): string {
  return `${Number(percent.toFixed(percent < 1 ? 2 : 1))}%`;
}
