/** A gRPC server with a unary method and one that streams, both with trailers, and a client for it. */
import * as grpc from "@grpc/grpc-js";
import type { TestServer } from "./echo-server.ts";

export interface UnaryResult {
  readonly message: string | undefined;
  readonly code: number;
  readonly trailer: string | undefined;
}

export interface StreamResult {
  readonly messages: readonly string[];
  readonly code: number;
  readonly trailer: string | undefined;
}

export interface GrpcClient {
  /** The message comes back; "fail" gives FAILED_PRECONDITION. */
  unary(message: string): Promise<UnaryResult>;
  /** As many messages as the number says. */
  serverStream(count: string): Promise<StreamResult>;
  close(): void;
}

export interface GrpcEcho extends TestServer {
  /** Through a gateway on a port of loopback. */
  client(port: number, authority: string): GrpcClient;
}

const TRAILER = "x-trailer";
const encode = (message: string) => Buffer.from(message);
const decode = (bytes: Buffer) => bytes.toString();
const codec = {
  requestSerialize: encode,
  requestDeserialize: decode,
  responseSerialize: encode,
  responseDeserialize: decode,
};
const SERVICE = {
  unary: { path: "/test.Echo/Unary", requestStream: false, responseStream: false, ...codec },
  stream: { path: "/test.Echo/Stream", requestStream: false, responseStream: true, ...codec },
} as const;

export async function startGrpcEcho(): Promise<GrpcEcho> {
  const server = new grpc.Server();
  server.addService(SERVICE, {
    unary(call: grpc.ServerUnaryCall<string, string>, answer: grpc.sendUnaryData<string>) {
      if (call.request === "fail") answer({ code: grpc.status.FAILED_PRECONDITION, metadata: trailers("failed") });
      else answer(null, call.request, trailers("unary"));
    },
    stream(call: grpc.ServerWritableStream<string, string>) {
      for (let count = 0; count < Number(call.request); count++) call.write(String(count));
      call.end(trailers("stream"));
    },
  });
  const port = await new Promise<number>((done, failed) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? failed(error) : done(bound)));
  });
  return { port, client: connect, close: async () => server.forceShutdown() };
}

function connect(port: number, authority: string): GrpcClient {
  const options = { "grpc.default_authority": authority };
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options);
  const { unary, stream } = SERVICE;
  return {
    close: () => client.close(),
    unary: (sent) =>
      new Promise((done) => {
        let message: string | undefined;
        client
          .makeUnaryRequest(unary.path, encode, decode, sent, (_error, answer) => {
            message = answer;
          })
          .on("status", ({ code, metadata }) =>
            setImmediate(() => done({ message, code, trailer: trailerOf(metadata) })),
          );
      }),
    serverStream: (count) =>
      new Promise((done) => {
        const messages: string[] = [];
        client
          .makeServerStreamRequest(stream.path, encode, decode, count)
          .on("data", (message: string) => messages.push(message))
          .on("error", () => {})
          .on("status", ({ code, metadata }) => done({ messages, code, trailer: trailerOf(metadata) }));
      }),
  };
}

function trailers(value: string): grpc.Metadata {
  const metadata = new grpc.Metadata();
  metadata.set(TRAILER, value);
  return metadata;
}

function trailerOf(metadata: grpc.Metadata): string | undefined {
  return metadata.get(TRAILER)[0]?.toString();
}
