import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Problem } from "../../model/problem.ts";
import { API_PROBLEMS } from "../problem-codes.ts";
import { holdBack } from "./held-back-body.ts";
import { tellProtocolFailure } from "./protocol-failure.ts";
import { Strangers } from "./strangers.ts";

export interface ServerCredentials {
  readonly certPem: string;
  readonly keyPem: string;
  /** Signs the certificates that clients may show. */
  readonly caPem: string;
}

export interface HttpsServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly credentials: ServerCredentials;
  /** `admitted` is to be called when the request's author is known. */
  readonly onRequest: (request: IncomingMessage, response: ServerResponse, admitted: () => void) => void;
  readonly signal: AbortSignal;
  readonly limits?: Partial<ServerLimits>;
}

export interface HttpsServer {
  readonly port: number;
  /** New connections get these; open ones go on. */
  setCredentials(credentials: ServerCredentials): void;
  /** Settles when it has ended. */
  readonly closed: Promise<void>;
}

/** What a client may take up before it has said who it is. Milliseconds and bytes. */
const LIMITS = {
  connections: 4_096,
  handshakeMs: 10_000,
  headersMs: 10_000,
  requestMs: 60_000,
  keepAliveMs: 75_000,
  /** How long nothing may go either way while an answer is due: a client that doesn't read keeps it in memory. */
  silenceMs: 120_000,
  headerBytes: 32 * 1024,
  /** How often it is looked whether a request is over its time. */
  lookMs: 2_000,
};

export type ServerLimits = typeof LIMITS;

/** TLS 1.2 and newer. A client certificate is asked for, not required: tokens are the other way in. */
export async function startHttpsServer(options: HttpsServerOptions): Promise<HttpsServer | Problem> {
  const { host, port, credentials, onRequest, signal } = options;
  const limits = { ...LIMITS, ...options.limits };
  const strangers = new Strangers();
  const answering = new WeakMap<Socket, Set<ServerResponse>>();
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const responses = answering.get(socket) ?? new Set();
    answering.set(socket, responses.add(response));
    response.once("close", () => responses.delete(response));
    onRequest(request, response, () => strangers.forget(request));
  };
  const server = createServer(
    {
      ...tlsOf(credentials),
      minVersion: "TLSv1.2",
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: limits.handshakeMs,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.lookMs,
      keepAliveTimeout: limits.keepAliveMs,
      maxHeaderSize: limits.headerBytes,
      // The handler refuses what has none: with a Status.
      requireHostHeader: false,
      noDelay: true,
    },
    answer,
  );
  const open = boundConnections(server, limits.connections, strangers);
  server.setTimeout(limits.silenceMs);
  server.on("checkContinue", (request, response) => {
    holdBack(request, response);
    answer(request, response);
  });
  // Whatever else is expected: it is answered as any other request.
  server.on("checkExpectation", answer);
  server.on("clientError", (error, socket) => {
    const responses = [...(answering.get(socket as Socket) ?? [])];
    tellProtocolFailure(error, socket, responses.some(({ headersSent }) => headersSent) || responses.length > 1);
  });
  // A client that breaks off a handshake is no news.
  server.on("tlsClientError", (_, socket) => socket.destroy());
  const problem = await listen(server, host, port);
  if (problem) return problem;
  // A connection that can't be taken, when there are no descriptors left, is lost alone.
  server.on("error", () => undefined);
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const stop = () => {
    server.close(() => resolve());
    server.closeAllConnections();
    // Those still in their handshake aren't known to it, and would be served and kept afterwards.
    for (const socket of open) socket.destroy();
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return {
    port: (server.address() as AddressInfo).port,
    setCredentials: (next) => server.setSecureContext(tlsOf(next)),
    closed,
  };
}

/** As many as there are places; who comes when all are taken gets that of a stranger. @returns those that are open */
function boundConnections(server: Server, places: number, strangers: Strangers): ReadonlySet<Socket> {
  // Those that are being closed count too.
  server.maxConnections = places + 256;
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    if (open.size > places && !strangers.cutOffOldest()) socket.destroy();
    else strangers.add(socket);
  });
  return open;
}

function tlsOf({ certPem, keyPem, caPem }: ServerCredentials) {
  return { cert: certPem, key: keyPem, ca: caPem };
}

async function listen(server: Server, host: string, port: number): Promise<Problem | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, host, () => {
    server.off("error", reject);
    resolve();
  });
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    const message = `the API can't listen on ${host}:${port}: ${error.message}`;
    return { code: "LB6014", severity: "error", message, hint: API_PROBLEMS.LB6014.wayOut, path: "" };
  }
}
