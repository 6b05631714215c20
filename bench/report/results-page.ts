import type { Figure } from "./figure.ts";
import { notes, table } from "./table.ts";

/** RESULTS.md */
export function resultsPage(
  results: readonly (readonly [name: string, figures: readonly Figure[]])[],
  machine: readonly string[],
): string {
  const sections = results.map(([name, figures]) => {
    const remarks = notes(figures).map((note) => `- ${note}\n`);
    return `## ${name}\n\n${table(figures)}\n${remarks.length > 0 ? `\n${remarks.join("")}` : ""}`;
  });
  const intro = [
    "# Measured",
    "",
    "Written by `npm run bench -- --write`. Baselines are measured in the same run, so look at the ratios: times depend",
    "on the machine and on what else it did.",
    "",
    ...machine.map((line) => `- ${line}`),
    "",
  ];
  return [...intro, ...sections].join("\n");
}
