/** Something that a user can open: a served hostname if there is an exact one, else the address itself. */
export function listeningUrl(socket: {
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
  /** The listener's hostname, "*" when it names none. */
  readonly hostname: string;
  /** Hostnames that routes serve there. */
  readonly hosts: readonly string[];
}): string {
  const exact = [socket.hostname, ...socket.hosts].find((hostname) => !hostname.startsWith("*"));
  const address = ANY_ADDRESS.has(socket.address)
    ? "localhost"
    : socket.address.includes(":")
      ? `[${socket.address}]`
      : socket.address;
  return `${socket.tls ? "https" : "http"}://${exact ?? address}:${socket.port}/`;
}

const ANY_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);
