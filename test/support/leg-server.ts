/** A backend that answers with its name and counts what reaches it. */
import { createServer } from "node:http";
import { listenOn, type TestServer } from "./echo-server.ts";

export interface LegServer extends TestServer, AsyncDisposable {
  readonly name: string;
  requests(): number;
}

export async function startLeg(name: string): Promise<LegServer> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume();
    response.end(name);
  });
  // Longer than the gateway keeps idle connections: a service that closes first makes requests fail that meet it.
  server.keepAliveTimeout = 3_600_000;
  const listening = await listenOn(server);
  return { ...listening, name, requests: () => requests, [Symbol.asyncDispose]: listening.close };
}
