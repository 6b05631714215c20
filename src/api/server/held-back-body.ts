/**
 * Bodies that their client holds back until it is told to go on (RFC 9110, 10.1.1, "Expect: 100-continue"): who is refused
 * by the head of a request alone never sends the rest.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

const heldBack = new WeakMap<IncomingMessage, ServerResponse>();

export function holdBack(request: IncomingMessage, response: ServerResponse): void {
  heldBack.set(request, response);
}

/** Somebody wants the body now. */
export function letCome(request: IncomingMessage): void {
  heldBack.get(request)?.writeContinue();
  heldBack.delete(request);
}
