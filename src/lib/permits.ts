/** At most `limit` holders at a time; the others wait in the order in which they came. */
export class Permits {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#free = limit;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((turn) => this.#waiting.push(turn));
    try {
      return await task();
    } finally {
      // The permit is handed on, not freed, so that nobody can overtake the one who waits.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
