/**
 * HTTP/1 requests byte for byte: what node:http would never send.
 */
import { connect } from "node:net";

export interface RawResponse {
  readonly status: number;
  /** Lower-case names; values of one name joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends the lines as one request (an empty line and `body` are added) and reads the answer. */
export function rawRequest(port: number, lines: readonly string[], body = ""): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`));
    socket.setTimeout(10_000, () => socket.destroy(new Error("no answer within 10 s")));
    const finish = () => {
      socket.destroy();
      resolve(parsed(Buffer.concat(chunks).toString("latin1")));
    };
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      // Envoy holds on to a connection for a second after it has refused a request.
      if (isWhole(Buffer.concat(chunks).toString("latin1"))) finish();
    });
    socket.on("error", reject);
    socket.on("end", finish);
  });
}

function isWhole(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1];
  return end >= 0 && length !== undefined && text.length >= end + 4 + Number(length);
}

function parsed(text: string): RawResponse {
  const end = text.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return { status: Number(statusLine.split(" ")[1]), headers, body: text.slice(end + 4) };
}
