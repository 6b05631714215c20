import type { Figure } from "./report/figure.ts";

export interface BenchmarkOptions {
  /** Fewer measurements, for everyday use. */
  readonly quick: boolean;
  /** Says what is going on. */
  readonly say: (text: string) => void;
  /** What must be ended, also when the benchmark is interrupted. Benchmarks may end their own earlier. */
  readonly resources: AsyncDisposableStack;
}

export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  run(options: BenchmarkOptions): Promise<readonly Figure[]>;
}
