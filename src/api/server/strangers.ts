/** Connections whose client hasn't shown yet who it is. When all places are taken, the one that has waited longest goes. */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

export class Strangers {
  readonly #waiting = new Map<string, Socket>();

  /** A connection was opened; its handshake is still to come. */
  add(socket: Socket): void {
    const address = addressOf(socket);
    this.#waiting.set(address, socket);
    socket.once("close", () => {
      if (this.#waiting.get(address) === socket) this.#waiting.delete(address);
    });
  }

  /** The client of this request is known. */
  forget({ socket }: IncomingMessage): void {
    this.#waiting.delete(addressOf(socket));
  }

  /** Cuts off the one that has waited longest. @returns false when there is none */
  cutOffOldest(): boolean {
    const [oldest] = this.#waiting;
    if (!oldest) return false;
    const [address, socket] = oldest;
    this.#waiting.delete(address);
    socket.destroy();
    return true;
  }
}

function addressOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
