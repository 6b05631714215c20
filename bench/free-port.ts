import { createServer } from "node:net";

/** Below the ports that systems give to outgoing connections. */
const RANGE = { first: 20_000, count: 10_000 };

/**
 * A port that nobody listens on now. Not one that the system chooses: whoever polls such a port until somebody listens
 * there may be given it for his own end of the connection, and then reaches himself and keeps the listener out.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = RANGE.first + Math.floor(Math.random() * RANGE.count);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
