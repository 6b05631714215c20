/**
 * What all services share: listening where the estate says, and ending with whoever started them.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export interface Self {
  readonly machine: string;
  readonly address: string;
}

export type Answer = (request: IncomingMessage, response: ServerResponse, self: Self) => void | Promise<void>;

/** Listens on ADDRESS:PORT and tells the parent process "listening". */
export function serve(answer: Answer): void {
  const { MACHINE: machine = "nowhere", ADDRESS: address = "127.0.0.1", PORT: port = "0" } = process.env;
  const server = createServer((request, response) => {
    Promise.resolve(answer(request, response, { machine, address })).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  // Longer than the gateway keeps idle connections, so that it is never the service that closes first.
  server.keepAliveTimeout = 3_600_000;
  server.on("error", (error) => {
    console.error(error.message);
    process.exit(1);
  });
  server.listen(Number(port), address, () => process.send?.("listening"));
  // The parent is gone, however it ended: nothing may be left running.
  process.on("disconnect", () => process.exit(0));
  process.on("SIGTERM", () => process.exit(0));
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(`${JSON.stringify(body)}\n`);
}
