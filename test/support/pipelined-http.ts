/** Many small requests in little time: all are written at once, on a few connections. */
import { connect } from "node:net";

export interface PipelinedAnswer {
  readonly status: number;
  /** The value of the first such header. */
  header(name: string): string | undefined;
  readonly body: string;
}

const CONNECTIONS = 16;

/** GET / with these headers, one answer for each, in their order. The answers must have a content-length. */
export async function getAll(port: number, requests: readonly Readonly<Record<string, string>>[]) {
  const size = Math.ceil(requests.length / CONNECTIONS);
  const parts = Array.from({ length: CONNECTIONS }, (_, index) => requests.slice(index * size, (index + 1) * size));
  return (await Promise.all(parts.map((part) => onOneConnection(port, part)))).flat();
}

async function onOneConnection(port: number, requests: readonly Readonly<Record<string, string>>[]) {
  const answers: PipelinedAnswer[] = [];
  if (requests.length === 0) return answers;
  const socket = connect(port, "127.0.0.1");
  const lines = (headers: Readonly<Record<string, string>>) =>
    Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(requests.map((headers) => `GET / HTTP/1.1\r\n${lines(headers).join("")}\r\n`).join(""));
  let received = "";
  for await (const chunk of socket.setEncoding("latin1")) {
    received += chunk;
    for (let taken = takeAnswer(received); taken !== undefined; taken = takeAnswer(received)) {
      answers.push(taken.answer);
      received = taken.rest;
    }
    if (answers.length === requests.length) return answers;
  }
  throw new Error(`the connection ended after ${answers.length} of ${requests.length} answers: ${received}`);
}

function takeAnswer(received: string): { readonly answer: PipelinedAnswer; readonly rest: string } | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = received.slice(0, end);
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1]?.trim();
  const length = Number(header("content-length"));
  if (!Number.isInteger(length)) throw new Error(`no content-length: ${head}`);
  const bodyEnd = end + 4 + length;
  if (received.length < bodyEnd) return undefined;
  const answer = { status: Number(head.split(" ", 2)[1]), header, body: received.slice(end + 4, bodyEnd) };
  return { answer, rest: received.slice(bodyEnd) };
}
