/** What is taken from a raw HTTP request, whatever it is for. */
import type { IncomingMessage } from "node:http";
import { bodyTypeOf } from "../negotiation/body-type.ts";
import { parseBody } from "../negotiation/parse-body.ts";
import type { ParsedBody } from "../resources/api-request.ts";
import type { Result } from "../resources/object-writer.ts";
import { requestEntityTooLarge } from "../status/failures.ts";
import { refused } from "../status/status.ts";
import { letCome } from "./held-back-body.ts";

/** The client closed the connection in the middle of its request: nobody is there to be answered. */
export class ClientGone extends Error {}

/** Kubernetes takes 3 MiB. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

/**
 * The whole body; at most once. Nothing is kept of one that is too large: the connection is closed behind the answer.
 */
function readBody(request: IncomingMessage): Promise<Result<Buffer>> {
  const tooLarge = requestEntityTooLarge(`limit is ${MAX_BODY_BYTES} bytes`);
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return Promise.resolve({ failure: tooLarge });
  if (request.destroyed) return Promise.reject(new ClientGone());
  letCome(request);
  const chunks: Buffer[] = [];
  let size = 0;
  const { promise, resolve, reject } = Promise.withResolvers<Result<Buffer>>();
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else {
      chunks.length = 0;
      resolve({ failure: tooLarge });
    }
  });
  request.once("end", () => resolve({ value: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) }));
  // Broken off, or closed without an end: the client went away.
  request.once("error", () => reject(new ClientGone()));
  request.once("close", () => {
    if (!request.complete) reject(new ClientGone());
  });
  return promise;
}

/** The body as a value; undefined when there is none. */
export async function readParsedBody(request: IncomingMessage): Promise<Result<ParsedBody | undefined>> {
  const bytes = await readBody(request);
  if ("failure" in bytes) return bytes;
  if (bytes.value.length === 0) return { value: undefined };
  const coding = request.headers["content-encoding"] ?? "identity";
  if (coding.toLowerCase() !== "identity") {
    const message = "the body is compressed: send it as it is, without Content-Encoding";
    return { failure: refused({ reason: "UnsupportedMediaType", message }) };
  }
  const type = bodyTypeOf(request.headers["content-type"]);
  if ("problem" in type) return { failure: refused(type.problem) };
  const parsed = parseBody(bytes.value, type.body.format);
  return "problem" in parsed ? { failure: refused(parsed.problem) } : { value: { ...parsed, type: type.body.type } };
}

/** "10.1.2.3" also for the IPv4 address of a dual-stack socket. */
export function clientAddress(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
}

/** The token of an Authorization header; undefined when there is none. */
export function bearerToken(request: IncomingMessage): string | undefined {
  const match = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "");
  return match?.[1];
}
