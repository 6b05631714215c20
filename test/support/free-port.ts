import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Below the ports that systems give to outgoing connections (Linux from 32768, others from 49152): a test under load
 * makes thousands of those, and one of them would take a port that is free for a moment between two processes.
 */
const FIRST = 12_000;
const END = 32_000;
const ATTEMPTS = 100;

/** A TCP port that was free just now, picked at random, so that two who ask at the same time don't get the same. */
export async function freePort(address = "127.0.0.1"): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(FIRST, END);
    if (await isFree(address, port)) return port;
  }
  throw new Error(`no free port of ${address} in ${ATTEMPTS} attempts`);
}

function isFree(address: string, port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((answer) => {
    server.once("error", () => answer(false));
    server.listen(port, address, () => server.close(() => answer(true)));
  });
}
