import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { ZodError } from "zod";
import { redact } from "../../lib/redact.ts";
import type { Problem } from "../../model/problem.ts";
import { claimSocket } from "./claim-socket.ts";
import type { ControlView } from "./control-view.ts";
import { parseWatch, ROUTES, type RouteInput, WATCH_ROUTE } from "./routes.ts";
import { streamWatch } from "./watch-stream.ts";

export interface LocalApiOptions {
  readonly socketPath: string;
  readonly view: ControlView;
  /** Ends the API: connections are closed and the socket file is taken away. */
  readonly signal: AbortSignal;
}

export interface LocalApi {
  /** Settles when it has ended. */
  readonly closed: Promise<void>;
}

/** Answers the command line on a unix socket that only its owner may open. */
export async function startLocalApi({ socketPath, view, signal }: LocalApiOptions): Promise<LocalApi | Problem> {
  const server = createServer((request, response) => {
    answer(view, request, response, signal).catch((error: unknown) => fail(response, error));
  });
  const claimed = await claimSocket(server, socketPath);
  if ("problem" in claimed) return claimed.problem;
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const stop = () => {
    claimed.release();
    server.close(() => resolve());
    server.closeAllConnections();
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return { closed };
}

async function answer(view: ControlView, request: IncomingMessage, response: ServerResponse, signal: AbortSignal) {
  const url = new URL(request.url ?? "/", "http://control");
  const name = `${request.method} ${url.pathname}`;
  const input: RouteInput = {
    query: Object.fromEntries(url.searchParams),
    body: request.method === "POST" ? await json(request) : undefined,
  };
  if (name === WATCH_ROUTE) {
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    streamWatch(view, parseWatch(input), response, AbortSignal.any([signal, gone.signal]));
    return;
  }
  const route = ROUTES[name];
  if (route === undefined) send(response, 404, { error: `there is no ${name}` });
  else send(response, 200, redact(route(view, input)));
}

function fail(response: ServerResponse, error: unknown): void {
  const isTheirs = error instanceof ZodError || error instanceof SyntaxError;
  const message = error instanceof Error ? error.message : String(error);
  if (response.headersSent) response.destroy();
  else send(response, isTheirs ? 400 : 500, { error: message });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body ?? null));
}
