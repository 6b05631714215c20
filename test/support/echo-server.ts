/**
 * A service that answers with what reached it: whoever tests a gateway reads there what the gateway sent.
 */
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Echo {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface TestServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Answers 200 with an Echo as JSON, or as `first` decides: it returns true once it has answered itself. */
export function startEcho(service: string, first: (...args: Parameters<RequestListener>) => boolean = () => false) {
  return listenOn(
    createServer(async (request, response) => {
      if (first(request, response)) return;
      const body = Buffer.concat(await request.toArray()).toString();
      const { method = "", url: path = "", headers } = request;
      const echo: Echo = { service, method, path, headers, body };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(echo));
    }),
  );
}

export async function listenOn(server: Server, address = "127.0.0.1"): Promise<TestServer> {
  await new Promise<void>((done) => server.listen(0, address, done));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
