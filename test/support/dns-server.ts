/**
 * A real DNS server on a free loopback port, UDP and TCP, whose answers and failures a test sets.
 */
import { createSocket } from "node:dgram";
import { createServer, type Server, type Socket } from "node:net";
import { type Answer, type DecodedPacket, decode, encode, type Packet } from "dns-packet";

/** refuse, fail: an error code. silent: no answer. garbage: bytes that are no message. forged: another question's id. */
export type Behaviour = "answer" | "refuse" | "fail" | "silent" | "garbage" | "forged";

const RCODES = { answer: 0, fail: 2, refuse: 5, nxdomain: 3 } as const;
const AUTHORITATIVE = 0x0400;
const TRUNCATED = 0x0200;
const RECURSION_AVAILABLE = 0x0080;

export class DnsServer implements AsyncDisposable {
  readonly #udp = createSocket("udp4");
  readonly #tcp: Server;
  readonly #sockets = new Set<Socket>();
  readonly #records = new Map<string, Answer[]>();
  #port = 0;

  behaviour: Behaviour = "answer";
  /** UDP answers carry no records, only the sign to ask over TCP. */
  truncate = false;
  /** Addresses of SRV targets are sent along. */
  additional = true;
  /** What an alias stands for is answered too, as recursive servers do. */
  followAliases = true;
  /** SOA MINIMUM, seconds: how long "doesn't exist" may be kept. */
  negativeTtl = 1;
  /** All questions so far, as "udp A name". */
  readonly questions: string[] = [];

  constructor() {
    this.#udp.on("message", (message, peer) => {
      const reply = this.#reply(message, "udp");
      if (reply !== undefined) this.#udp.send(reply, peer.port, peer.address);
    });
    this.#tcp = createServer((socket) => this.#serve(socket));
  }

  async listen(): Promise<this> {
    // UDP and TCP must have the same number; another process may have either.
    for (let attempt = 0; ; attempt++) {
      await new Promise<void>((done) => this.#tcp.listen(0, "127.0.0.1", done));
      const address = this.#tcp.address();
      this.#port = typeof address === "object" && address !== null ? address.port : 0;
      const failure = await new Promise<Error | undefined>((done) => {
        this.#udp.once("error", done);
        this.#udp.bind(this.#port, "127.0.0.1", () => done(undefined));
      });
      if (failure === undefined) return this;
      if (attempt >= 5) throw failure;
      await new Promise((done) => this.#tcp.close(done));
    }
  }

  /** "127.0.0.1:5353", as in spec.dns.servers. */
  get place(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Replaces all records of the name. Without any, the name doesn't exist. */
  set(name: string, ...records: Answer[]): void {
    if (records.length === 0) this.#records.delete(name.toLowerCase());
    else this.#records.set(name.toLowerCase(), records);
  }

  a(name: string, ttl: number, ...addresses: string[]): void {
    this.set(name, ...addresses.map((data): Answer => ({ type: "A", name, ttl, data })));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#udp.close();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#tcp.close(done));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let received: Buffer = Buffer.alloc(0);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const reply = this.#reply(received.subarray(2), "tcp");
      if (reply === undefined) return;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      // In two pieces, as networks do.
      socket.write(Buffer.concat([length, reply.subarray(0, 5)]));
      setImmediate(() => socket.end(reply.subarray(5)));
    });
  }

  #reply(message: Buffer, transport: "udp" | "tcp"): Buffer | undefined {
    const query = decode(message);
    const question = query.questions?.[0];
    if (question === undefined) return undefined;
    this.questions.push(`${transport} ${question.type} ${question.name}`);
    switch (this.behaviour) {
      case "silent":
        return undefined;
      case "garbage":
        return Buffer.from("not a DNS message");
      case "forged":
        return encode({ ...this.#answer(query, transport), id: ((query.id ?? 0) + 1) % 0x10000 });
      case "refuse":
      case "fail":
        return encode({ ...this.#answer(query, transport), answers: [], flags: RCODES[this.behaviour] });
      case "answer":
        return encode(this.#answer(query, transport));
    }
  }

  #answer(query: DecodedPacket, transport: "udp" | "tcp"): Packet {
    const questions = query.questions ?? [];
    const [{ name = "", type } = { name: "", type: "A" as const }] = questions;
    const flags = AUTHORITATIVE | RECURSION_AVAILABLE;
    const head = { type: "response" as const, id: query.id ?? 0, questions };
    if (this.truncate && transport === "udp") return { ...head, flags: flags | TRUNCATED, answers: [] };
    const answers = this.#chain(name, type);
    const found = answers.some((record) => record.type === type);
    const nxdomain = !found && !this.#records.has(name.toLowerCase());
    const additionals = this.additional ? answers.flatMap((record) => this.#targetAddresses(record)) : [];
    const authorities = found || answers.length > 0 ? [] : [this.#soa()];
    return { ...head, flags: flags | (nxdomain ? RCODES.nxdomain : 0), answers, additionals, authorities };
  }

  /** The records of the type; an alias is answered with what is behind it, as far as it is known here. */
  #chain(name: string, type: string): Answer[] {
    const chain: Answer[] = [];
    let owner = name;
    for (let steps = 0; steps < 8; steps++) {
      const records = this.#records.get(owner.toLowerCase()) ?? [];
      chain.push(...records.filter((record) => record.type === type));
      const alias = records.find((record) => record.type === "CNAME");
      if (alias?.type !== "CNAME" || type === "CNAME") break;
      chain.push(alias);
      if (!this.followAliases) break;
      owner = alias.data;
    }
    return chain;
  }

  #targetAddresses(record: Answer): Answer[] {
    return record.type === "SRV" ? (this.#records.get(record.data.target.toLowerCase()) ?? []) : [];
  }

  #soa(): Answer {
    const data = { mname: "ns.test", rname: "admin.test", serial: 1, minimum: this.negativeTtl };
    return { type: "SOA", name: "test", ttl: this.negativeTtl, data };
  }
}
