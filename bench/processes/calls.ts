/** The other side of Child: what a program answers. Inputs and values are plain data. */

// biome-ignore lint/suspicious/noExplicitAny: each program has its own inputs and values; Child checks them by name.
export type Calls = { readonly [name: string]: (input: any) => unknown };

export interface Call {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

export interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Answers what the parent asks. */
export function answerCalls(calls: Calls): void {
  process.on("message", async ({ id, name, input }: Call) => {
    process.send?.(await reply(calls, id, name, input));
  });
}

/** Ends when the parent closes the channel or is gone, after `stop` has ended what the program started. */
export function endWithParent(stop: () => void | Promise<void> = () => {}): void {
  process.once("disconnect", async () => {
    await stop();
    process.exit(0);
  });
  // Ctrl-C reaches the whole group; the parent decides on the order of ending.
  process.on("SIGINT", () => {});
}

async function reply(calls: Calls, id: number, name: string, input: unknown): Promise<Reply> {
  try {
    return { id, value: await calls[name]?.(input) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
