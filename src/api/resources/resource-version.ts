/** What a client says a resourceVersion is; undefined: nothing that was ever given out. Other notations are none of ours. */
export function parseRevision(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
