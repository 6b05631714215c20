import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Problem } from "../../model/problem.ts";
import { API_PROBLEMS } from "../problem-codes.ts";

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
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  readonly signal: AbortSignal;
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
  headerBytes: 32 * 1024,
};

/** TLS 1.2 and newer. A client certificate is asked for, not required: tokens are the other way in. */
export async function startHttpsServer(options: HttpsServerOptions): Promise<HttpsServer | Problem> {
  const { host, port, credentials, onRequest, signal } = options;
  const server = createServer(
    {
      ...tlsOf(credentials),
      minVersion: "TLSv1.2",
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: LIMITS.handshakeMs,
      headersTimeout: LIMITS.headersMs,
      requestTimeout: LIMITS.requestMs,
      keepAliveTimeout: LIMITS.keepAliveMs,
      maxHeaderSize: LIMITS.headerBytes,
      noDelay: true,
    },
    onRequest,
  );
  server.maxConnections = LIMITS.connections;
  // A client that breaks off a handshake is no news.
  server.on("tlsClientError", (_, socket) => socket.destroy());
  const problem = await listen(server, host, port);
  if (problem) return problem;
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const stop = () => {
    server.close(() => resolve());
    server.closeAllConnections();
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return {
    port: (server.address() as AddressInfo).port,
    setCredentials: (next) => server.setSecureContext(tlsOf(next)),
    closed,
  };
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
