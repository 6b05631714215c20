/** Sends a traced request through the real gateway. */
import { randomUUID } from "node:crypto";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import type { Answer } from "../client/local-client.ts";
import type { TraceListener, TraceRequest } from "../model/trace.ts";
import { AccessLogTail, describeLine } from "./access-log-tail.ts";
import type { ControlPages } from "./object-reader.ts";
import { columns, section } from "./sections.ts";
import { cliProblem } from "./terminal.ts";

const ANSWER_MS = 30_000;
/** How much of the answer's body is shown, bytes. */
const SHOWN_BYTES = 400;

/** What came back, and who served it. */
export interface LiveAnswer {
  readonly status: number;
  readonly reason: string;
  readonly milliseconds: number;
  readonly servedBy: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Its beginning. */
  readonly body: string;
}

type Received = Omit<LiveAnswer, "servedBy">;

export async function sendLive(
  pages: ControlPages,
  query: TraceRequest,
  listener: TraceListener,
): Promise<Answer<LiveAnswer>> {
  const info = await pages.info();
  const accessLog = "value" in info ? info.value.accessLog : undefined;
  const tail = accessLog === undefined ? undefined : AccessLogTail.open(accessLog);
  const requestId = randomUUID();
  let received: Received;
  try {
    received = await send(query, listener, requestId);
  } catch (error) {
    tail?.close();
    const reason = error instanceof Error ? error.message : String(error);
    const message = `${listener.gateway} gave no answer on ${listener.address}:${listener.port}: ${reason}`;
    return { problem: cliProblem("LB6206", message) };
  }
  const served = tail
    ? await tail.find({ requestId, method: query.method, host: query.hostname, path: pathOf(query) })
    : undefined;
  tail?.close();
  return { value: { ...received, servedBy: served ? describeLine(served) : unknownServer(accessLog, tail) } };
}

function unknownServer(accessLog: string | undefined, tail: AccessLogTail | undefined): string {
  if (accessLog === undefined) return "<no access log file: run up with --access-log <file>>";
  return tail ? "<not in the access log>" : `<the access log ${accessLog} can't be read from here>`;
}

async function send(query: TraceRequest, listener: TraceListener, requestId: string): Promise<Received> {
  const started = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const isDefaultPort = query.port === (query.scheme === "https" ? 443 : 80);
  const headers: Record<string, string | string[]> = {
    host: isDefaultPort ? query.hostname : `${query.hostname}:${query.port}`,
    "x-request-id": requestId,
  };
  for (const { name, value } of query.headers) headers[name] = [...[headers[name] ?? []].flat(), value];
  const target = {
    host: reachable(listener.address),
    port: listener.port,
    path: query.path,
    method: query.method,
    headers,
    agent: false,
  };
  // This asks which way a request goes, not whether the certificate is trusted: demos' are self-signed.
  const tls = { servername: isIP(query.hostname) ? "" : query.hostname, rejectUnauthorized: false };
  const outgoing = listener.tls ? httpsRequest({ ...target, ...tls }, resolve) : httpRequest(target, resolve);
  outgoing.setTimeout(ANSWER_MS, () => outgoing.destroy(new Error(`nothing for ${ANSWER_MS / 1000} s`)));
  outgoing.on("error", reject);
  outgoing.end();
  const response = await promise;
  const body = await firstBytes(response, SHOWN_BYTES);
  return {
    status: response.statusCode ?? 0,
    reason: response.statusMessage ?? "",
    milliseconds: performance.now() - started,
    headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
    body: textOf(body),
  };
}

/** The beginning of the body; an endless one is cut off. */
async function firstBytes(response: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= limit) break;
  }
  return Buffer.concat(chunks).subarray(0, limit);
}

function textOf(body: Buffer): string {
  const text = body.toString("utf8");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a body with control characters must not reach the terminal
  return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? `<${body.length} bytes that are no text>` : text;
}

export function liveAnswerText({ status, reason, milliseconds, servedBy, headers, body }: LiveAnswer): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const parts = [
    columns([
      ["Status:", `${status} ${reason}`.trimEnd()],
      ["Took:", `${milliseconds.toFixed(1)} ms`],
      ["Served by:", servedBy],
    ]).trimEnd(),
    section("Headers", lines.join("\n")).trimEnd(),
    ...(body === "" ? [] : [section("Body", body).trimEnd()]),
  ];
  return section("Answer", parts.join("\n"));
}

/** Where a listener that is bound to every address can be reached from here. */
function reachable(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}

function pathOf({ path }: TraceRequest): string {
  return path.split("?")[0] ?? path;
}
