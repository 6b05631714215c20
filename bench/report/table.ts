/** Figures as an aligned table, for a terminal and for Markdown alike. */
import { type Figure, ratioOf, type Target, verdictOf } from "./figure.ts";

const HEADINGS = ["figure", "target", "p50", "p99", "min", "n", "baseline (p50)", "ratio", ""];

export function table(figures: readonly Figure[]): string {
  const rows = [HEADINGS, ...figures.map(row)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`);
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

/** What the names don't say. */
export function notes(figures: readonly Figure[]): readonly string[] {
  return figures.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}.`]));
}

function row(figure: Figure): string[] {
  const { name, unit, sample, targets = [], baseline } = figure;
  const isSingle = sample.count === 1;
  const ratio = ratioOf(figure);
  return [
    name,
    targets.map((target) => targetText(target, unit)).join(", "),
    withUnit(sample.p50, unit),
    isSingle ? "" : withUnit(sample.p99, unit),
    isSingle ? "" : withUnit(sample.min, unit),
    isSingle ? "" : String(sample.count),
    baseline === undefined ? "" : `${withUnit(baseline.value, unit)} ${baseline.name}`,
    ratio === undefined ? "" : `${short(ratio)}x`,
    verdictOf(figure) ?? "",
  ];
}

function targetText({ of, is, bound }: Target, unit: Figure["unit"]): string {
  const sign = is === "at most" ? "<=" : ">=";
  return of === "ratio" ? `ratio ${sign} ${bound}x` : `${of} ${sign} ${withUnit(bound, unit)}`;
}

function withUnit(value: number, unit: Figure["unit"]): string {
  return unit === "count" ? String(Math.round(value * 10) / 10) : `${short(value)} ${unit}`;
}

function short(value: number): string {
  if (value === 0 || Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
