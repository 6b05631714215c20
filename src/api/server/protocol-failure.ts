/** What a client is told whose bytes aren't HTTP, or don't come in time: a Status too, as far as it can still be sent. */
import type { Duplex } from "node:stream";
import { failure, type Status } from "../status/status.ts";

/** How long the client may go on sending before the connection is cut. */
const LINGER_MS = 2_000;

/** RFC 6585 and RFC 9110; Kubernetes has no reasons of its own for these codes. */
const BY_CODE: Readonly<Record<string, { readonly line: string; readonly status: Status }>> = {
  HPE_HEADER_OVERFLOW: {
    line: "431 Request Header Fields Too Large",
    status: { ...failure("RequestEntityTooLarge", "the header of the request is too large"), code: 431 },
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    line: "408 Request Timeout",
    status: { ...failure("Timeout", "the request didn't come in time"), code: 408 },
  },
};

const MALFORMED = { line: "400 Bad Request", status: failure("BadRequest", "the request isn't HTTP/1.1") };

const told = new WeakSet<Duplex>();

/** @param isAnswering whether a part of an answer was sent already: then nothing can be put behind it */
export function tellProtocolFailure(error: Error, socket: Duplex, isAnswering: boolean): void {
  if (told.has(socket)) return;
  if (isAnswering || !socket.writable || ("code" in error && error.code === "ECONNRESET")) {
    socket.destroy();
    return;
  }
  told.add(socket);
  const { line, status } = ("code" in error && BY_CODE[String(error.code)]) || MALFORMED;
  const body = JSON.stringify(status);
  const head = ["content-type: application/json", `content-length: ${body.length}`, "connection: close"];
  socket.end(`HTTP/1.1 ${line}\r\n${head.join("\r\n")}\r\n\r\n${body}`);
  // Closed with bytes unread it would be reset, and the client might lose the answer.
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(timer));
}
