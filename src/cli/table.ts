import { visibleLine } from "./visible-text.ts";

/** Aligned columns as kubectl's: upper-case titles, at least three spaces between, nothing after the last. */
const GAP = "   ";

/** Lines that follow the first keep its widths, so that what a watch appends stays aligned. */
export class Table {
  readonly #titles: readonly string[];
  #widths: readonly number[];
  #titlesAreDue: boolean;

  constructor(titles: readonly string[], hasTitles = true) {
    this.#titles = titles;
    this.#titlesAreDue = hasTitles;
    this.#widths = hasTitles ? titles.map(displayWidth) : titles.map(() => 0);
  }

  /** The rows as text, with the titles before the first ones. */
  lines(given: readonly (readonly string[])[]): string {
    const rows = given.map((row) => row.map(visibleLine));
    const all = this.#titlesAreDue ? [this.#titles, ...rows] : rows;
    this.#titlesAreDue = false;
    this.#widths = this.#widths.map((width, i) => Math.max(width, ...rows.map((row) => displayWidth(row[i] ?? ""))));
    return all.map((row) => `${this.#line(row)}\n`).join("");
  }

  #line(row: readonly string[]): string {
    const cells = row.map((cell, i) => cell + " ".repeat(Math.max(0, (this.#widths[i] ?? 0) - displayWidth(cell))));
    return cells.join(GAP).trimEnd();
  }
}

/** A table that is printed once. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return new Table(titles).lines(rows);
}

function displayWidth(text: string): number {
  return [...text].length;
}
