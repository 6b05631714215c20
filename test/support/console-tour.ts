/**
 * Commands and their expected output, from the ```console blocks of a page that follow the comment `<!-- tour -->`.
 * A line `$ command`, then what it prints; `...` stands for anything: in a line for a part of it, alone for any lines.
 */

export interface TourStep {
  readonly command: string;
  /** Empty when the page shows no output: then it doesn't matter. */
  readonly expected: readonly string[];
  /** In the page, from 1. */
  readonly line: number;
}

const BLOCK = /^<!-- tour -->\n```console\n([\s\S]*?)^```$/gm;

export function readTour(page: string): TourStep[] {
  return Array.from(page.matchAll(BLOCK)).flatMap((block) => {
    const text = block[1] ?? "";
    const first = page.slice(0, block.index).split("\n").length + 2;
    return stepsOf(text.split("\n").slice(0, -1), first);
  });
}

function stepsOf(lines: readonly string[], first: number): TourStep[] {
  const starts = lines.flatMap((line, index) => (line.startsWith("$ ") ? [index] : []));
  return starts.map((start, nth) => ({
    command: (lines[start] ?? "").slice(2),
    expected: lines.slice(start + 1, starts[nth + 1] ?? lines.length),
    line: first + start,
  }));
}

export function matches({ expected }: TourStep, printed: string): boolean {
  if (expected.length === 0) return true;
  const lines = expected.map((line) =>
    line === "..." ? "(?:.*\n)*?" : `${line.split("...").map(escaped).join(".*")}\n`,
  );
  return new RegExp(`^${lines.join("")}$`).test(printed);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
