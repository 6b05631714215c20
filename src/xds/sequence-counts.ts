/** How many proxies stand at which sequence; the lowest is known without looking at every proxy. */
export class SequenceCounts {
  readonly #counts = new Map<number, number>();

  add(sequence: number): void {
    this.#counts.set(sequence, (this.#counts.get(sequence) ?? 0) + 1);
  }

  remove(sequence: number): void {
    const count = (this.#counts.get(sequence) ?? 0) - 1;
    if (count > 0) this.#counts.set(sequence, count);
    else this.#counts.delete(sequence);
  }

  /** undefined without proxies */
  lowest(): number | undefined {
    let lowest: number | undefined;
    for (const sequence of this.#counts.keys()) if (lowest === undefined || sequence < lowest) lowest = sequence;
    return lowest;
  }
}
