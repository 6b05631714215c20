/**
 * Ending an exchange whose request wasn't read to its end. The connection can't be used again, because nobody knows where
 * the next request begins; and it can't be closed at once either: TCP resets a connection that is closed with bytes unread,
 * and the client would lose the answer (RFC 9112, 9.6).
 */
import type { IncomingMessage, ServerResponse } from "node:http";

/** For how long, and how much of, what nobody wants is taken and thrown away. */
const LINGER = { ms: 20_000, bytes: 128 * 1024 * 1024 };

export function hasUnreadBody(request: IncomingMessage): boolean {
  const { "transfer-encoding": coding, "content-length": length } = request.headers;
  return !request.complete && (coding !== undefined || Number(length ?? 0) > 0);
}

/** Sends the last of the answer at once, and closes when the client has stopped sending. The head has a content-length. */
export function endAfterBody(request: IncomingMessage, response: ServerResponse, last: string | Buffer): void {
  response.write(last);
  let left = LINGER.bytes;
  const timer = setTimeout(end, LINGER.ms);
  function end() {
    clearTimeout(timer);
    response.end();
  }
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left <= 0) end();
  });
  request.once("end", end);
  response.once("close", () => clearTimeout(timer));
}
