/** Pages: what a reader sees of a file that is being copied ends at one. */
const PAGE_BYTES = 4096;

/**
 * Whether the text looks like the beginning of a file that somebody is still writing in place. Such a file is read
 * again a moment later before it is believed; one that looks whole is believed at once.
 * A whole file ends with a line end; one cut short ends anywhere, or at the end of a page or of a writer's buffer.
 */
export function looksHalfWritten(text: string, file: string): boolean {
  if (text.trim() === "") return true;
  if (file.toLowerCase().endsWith(".json")) return !/[}\]]\s*$/.test(text);
  return !text.endsWith("\n") || Buffer.byteLength(text) % PAGE_BYTES === 0;
}
