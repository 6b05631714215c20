/** Servers that answer every request with their name: the backends of the estate, in a process of their own. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { answerCalls, endWithParent } from "./calls.ts";

export type OriginCalls = {
  /** @returns the port of each name */
  listen(names: readonly string[]): Promise<Record<string, number>>;
};

const calls: OriginCalls = {
  async listen(names) {
    const ports = await Promise.all(names.map(async (name) => [name, await startOrigin(name)] as const));
    return Object.fromEntries(ports);
  },
};

async function startOrigin(name: string): Promise<number> {
  const server: Server = createServer({ keepAliveTimeout: 600_000 }, (_request, response) => {
    response.setHeader("content-length", name.length);
    response.end(name);
  });
  await new Promise<void>((done) => server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, done));
  return (server.address() as AddressInfo).port;
}

answerCalls(calls);
endWithParent();
