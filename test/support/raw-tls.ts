/** Bytes to the resource API that no HTTP client would send, and the answers to them. */
import { once } from "node:events";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import type { ApiEndpoint } from "../../src/control/resource-api.ts";

export interface RawAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A connection whose handshake is done. */
export async function openTls({ url, caPem }: ApiEndpoint, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), ca: caPem, servername: "localhost", ...options });
  // An end of the connection that a test brings about is no news.
  socket.on("error", () => {});
  const isOpen = await Promise.race([
    once(socket, "secureConnect").then(() => true),
    once(socket, "close").then(() => false),
  ]);
  if (!isOpen) throw new Error("the handshake failed");
  return socket;
}

/** Everything until `count` answers have come, or the connection ends. */
export async function readAnswers(socket: TLSSocket, count: number, boundMs = 10_000): Promise<readonly RawAnswer[]> {
  const timer = setTimeout(() => socket.destroy(), boundMs);
  let text = "";
  try {
    for await (const chunk of socket.setEncoding("latin1")) {
      text += chunk;
      if (answersIn(text).length >= count) break;
    }
  } catch {
    // Reset by the server: what came before counts.
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
  return answersIn(text);
}

/** Sends the bytes on a connection of their own, and reads one answer; undefined when the server gives none. */
export async function askRaw(
  endpoint: ApiEndpoint,
  bytes: string | Uint8Array,
  boundMs?: number,
): Promise<RawAnswer | undefined> {
  const socket = await openTls(endpoint);
  socket.write(bytes);
  const [answer] = await readAnswers(socket, 1, boundMs);
  return answer;
}

/** Whole answers only; all of the API's have a content-length. */
function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = text; ; ) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) return answers;
    const [statusLine = "", ...lines] = rest.slice(0, end).split("\r\n");
    const status = Number(statusLine.split(" ")[1]);
    const headers = Object.fromEntries(
      lines.map((line) => {
        const [name = "", ...value] = line.split(":");
        return [name.toLowerCase(), value.join(":").trim()];
      }),
    );
    const length = status === 100 ? 0 : Number(headers["content-length"]);
    const body = rest.slice(end + 4, end + 4 + length);
    if (body.length < length) return answers;
    if (status !== 100) answers.push({ status, headers, body: Buffer.from(body, "latin1").toString("utf8") });
    rest = rest.slice(end + 4 + length);
  }
}
