/**
 * One question to one DNS server: over UDP, and over TCP when the answer was truncated (RFC 7766).
 */
import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect, isIPv6 } from "node:net";
import { type DecodedPacket, decode, encode, type Packet, streamEncode } from "dns-packet";
import type { IpEndpoint } from "../../model/ip-endpoint.ts";
import { sameName } from "./answer.ts";

export interface Question {
  readonly name: string;
  readonly type: "A" | "AAAA" | "SRV";
}

/** What fits a UDP answer on all paths (DNS flag day 2020). */
const UDP_PAYLOAD_BYTES = 1232;

/** Rejects when there is no usable answer in `timeoutMs`; the error's message says why. */
export async function exchange(
  server: IpEndpoint,
  question: Question,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<DecodedPacket> {
  const bound = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const answer = await overUdp(server, question, bound);
  return answer.flag_tc ? overTcp(server, question, bound) : answer;
}

function overUdp(server: IpEndpoint, question: Question, bound: AbortSignal): Promise<DecodedPacket> {
  const query = queryPacket(question);
  return new Promise((resolve, reject) => {
    // A new socket for each question: its random port is what makes forging an answer hard.
    const socket = createSocket(isIPv6(server.address) ? "udp6" : "udp4");
    let finished = false;
    const finish = (settle: () => void) => {
      if (finished) return;
      finished = true;
      bound.removeEventListener("abort", late);
      socket.close();
      settle();
    };
    const late = () => finish(() => reject(new Error("no answer in time")));
    socket.on("error", (error) => finish(() => reject(error)));
    socket.on("message", (message) => {
      const answer = parse(message, query);
      // A foreign or broken packet isn't the answer: the real one may still come.
      if (answer !== undefined) finish(() => resolve(answer));
    });
    if (bound.aborted) return late();
    bound.addEventListener("abort", late);
    // A connected socket hears only this server, and of its ICMP errors.
    socket.connect(server.port, server.address, (error?: Error | null) => {
      if (error) finish(() => reject(error));
      else if (!finished) socket.send(encode(query));
    });
  });
}

function overTcp(server: IpEndpoint, question: Question, bound: AbortSignal): Promise<DecodedPacket> {
  const query = queryPacket(question);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: server.address, port: server.port });
    const received: Buffer[] = [];
    const finish = (settle: () => void) => {
      bound.removeEventListener("abort", late);
      socket.destroy();
      settle();
    };
    const late = () => finish(() => reject(new Error("no answer over TCP in time")));
    socket.on("error", (error) => finish(() => reject(error)));
    socket.on("close", () => finish(() => reject(new Error("closed the TCP connection without an answer"))));
    socket.on("data", (chunk) => {
      received.push(chunk);
      const bytes = Buffer.concat(received);
      if (bytes.length < 2 || bytes.length < 2 + bytes.readUInt16BE(0)) return;
      const answer = parse(bytes.subarray(2, 2 + bytes.readUInt16BE(0)), query);
      finish(() => (answer ? resolve(answer) : reject(new Error("sent a TCP answer that can't be read"))));
    });
    if (bound.aborted) return late();
    bound.addEventListener("abort", late);
    socket.write(streamEncode(query));
  });
}

function queryPacket({ name, type }: Question): Packet & { readonly id: number } {
  return {
    type: "query",
    id: randomInt(0x10000),
    flags: 0x100, // RD: recursion desired
    questions: [{ name, type, class: "IN" }],
    additionals: [
      {
        type: "OPT",
        name: ".",
        udpPayloadSize: UDP_PAYLOAD_BYTES,
        flags: 0,
        extendedRcode: 0,
        ednsVersion: 0,
        flag_do: false,
        options: [],
      },
    ],
  };
}

/** undefined when it isn't an answer to `query`. */
function parse(message: Buffer, query: Packet & { readonly id: number }): DecodedPacket | undefined {
  const asked = query.questions?.[0];
  try {
    const packet = decode(message);
    const echoed = packet.questions?.[0];
    const fits = packet.type === "response" && packet.id === query.id && asked !== undefined;
    return fits && echoed?.type === asked.type && sameName(echoed.name, asked.name) ? packet : undefined;
  } catch {
    return undefined;
  }
}
