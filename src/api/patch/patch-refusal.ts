/** How a patch is given up from deep inside of it. */
import type { Refusal, StatusReason } from "../status/status.ts";

export type Patched = { readonly value: unknown } | { readonly problem: Refusal };

class PatchRefusal extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** Ends the `attempt` around it. BadRequest: the patch is malformed. Invalid: it doesn't fit the object. */
export function refuse(reason: StatusReason, message: string): never {
  throw new PatchRefusal({ reason, message });
}

export function attempt(run: () => unknown): Patched {
  try {
    return { value: run() };
  } catch (error) {
    if (error instanceof PatchRefusal) return { problem: error.refusal };
    throw error;
  }
}
