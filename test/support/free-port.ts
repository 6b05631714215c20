import type { AddressInfo } from "node:net";
import { createServer } from "node:net";

/**
 * A TCP port of loopback that was free just now. The kernel hands out ephemeral ports in turns, so it isn't given to
 * the next one who asks for any.
 */
export async function freePort(address = "127.0.0.1"): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    server.listen(0, address, listening);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
