/** The xDS server: incremental ADS over gRPC. Sockets and streams; all decisions are in session.ts. */
import * as grpc from "@grpc/grpc-js";
import type { ResourceChange } from "../compiler/envoy/resource.ts";
import type { ObjectKey } from "../model/keys.ts";
import type { Problem } from "../model/problem.ts";
import { type NodeClaim, parseDeltaRequest } from "./delta-request.ts";
import { type Connection, Fleet, type FleetOptions } from "./fleet.ts";
import { bindPrivateSocket } from "./private-socket.ts";
import type { XDS_PROBLEMS } from "./problem-codes.ts";
import type { ProxyProgress, Quarantined, RefusedReport } from "./progress.ts";
import { identify } from "./proxy-identity.ts";

export interface XdsServerOptions {
  /** A unix socket (made with mode 0600), or "host:port" (port 0: any). */
  readonly listen: { readonly socketPath: string } | { readonly address: string };
  /** See Fleet: the lowest acknowledged sequence moved, a proxy joined or left, or what is refused changed. */
  readonly onProgress?: (gateway: ObjectKey) => void;
  readonly onRefused?: (gateway: ObjectKey, report: RefusedReport) => void;
  readonly onTraffic?: FleetOptions["onTraffic"];
  /** A proxy that isn't known, or that sends nonsense. */
  readonly onProblem?: (problem: Problem) => void;
  /** Ends the server. */
  readonly signal: AbortSignal;
}

export interface XdsServer {
  /** The port, if it listens on one. */
  readonly port: number | undefined;
  /** Changes a gateway's resources. The first publication, even an empty one, makes its proxies known. */
  publish(gateway: ObjectKey, changes: readonly ResourceChange[], sequence: number): void;
  /** Ends a gateway: its proxies are disconnected and refused from now on. */
  withdraw(gateway: ObjectKey): void;
  /** One entry for each connected proxy; [] if the gateway isn't known. */
  progress(gateway: ObjectKey): ProxyProgress[];
  /** The lowest sequence that all connected proxies have acknowledged; undefined if none is connected. */
  acknowledgedSequence(gateway: ObjectKey): number | undefined;
  /** What is held at its last good version because a proxy refused the newest. */
  quarantined(gateway: ObjectKey): Quarantined[];
  /** Settles when the server has ended. */
  readonly closed: Promise<void>;
}

const SERVICE = "/envoy.service.discovery.v3.AggregatedDiscoveryService";
/** A proxy whose machine vanished is noticed within these two together. */
const KEEPALIVE_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 5_000;

type Call = grpc.ServerDuplexStream<Buffer, Buffer>;

/** @throws if it can't listen there */
export async function startXdsServer(options: XdsServerOptions): Promise<XdsServer> {
  options.signal.throwIfAborted();
  const fleets = new Map<ObjectKey, Fleet>();
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
    "grpc.keepalive_time_ms": KEEPALIVE_MS,
    "grpc.keepalive_timeout_ms": KEEPALIVE_TIMEOUT_MS,
  });
  server.addService(
    {
      delta: rawStream(`${SERVICE}/DeltaAggregatedResources`),
      wholeState: rawStream(`${SERVICE}/StreamAggregatedResources`),
    },
    {
      delta: (call: Call) => serveDelta(call, fleets, options),
      wholeState: (call: Call) =>
        refuseStream(
          call,
          grpc.status.UNIMPLEMENTED,
          "Landbridge speaks incremental xDS only: set api_type to DELTA_GRPC.",
        ),
    },
  );
  const bound = await listen(server, options.listen);
  const closed = new Promise<void>((resolve, reject) => {
    options.signal.addEventListener(
      "abort",
      () => {
        for (const fleet of fleets.values()) fleet.close();
        server.forceShutdown();
        bound.remove().then(resolve, reject);
      },
      { once: true },
    );
  });
  const fleetOf = (gateway: ObjectKey): Fleet => {
    const known = fleets.get(gateway);
    if (known) return known;
    const fleet = new Fleet({
      onProgress: () => options.onProgress?.(gateway),
      onRefused: (report) => options.onRefused?.(gateway, report),
      onTraffic: options.onTraffic,
    });
    fleets.set(gateway, fleet);
    return fleet;
  };
  return {
    port: bound.port,
    closed,
    publish: (gateway, changes, sequence) => fleetOf(gateway).apply(changes, sequence),
    withdraw: (gateway) => {
      fleets.get(gateway)?.close();
      fleets.delete(gateway);
    },
    progress: (gateway) => fleets.get(gateway)?.progress() ?? [],
    acknowledgedSequence: (gateway) => fleets.get(gateway)?.acknowledgedSequence,
    quarantined: (gateway) => fleets.get(gateway)?.quarantined() ?? [],
  };
}

function rawStream(path: string): grpc.MethodDefinition<Buffer, Buffer> {
  const asIs = (bytes: Buffer): Buffer => bytes;
  return {
    path,
    requestStream: true,
    responseStream: true,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
}

interface Bound {
  readonly port: number | undefined;
  remove(): Promise<void>;
}

async function listen(server: grpc.Server, where: XdsServerOptions["listen"]): Promise<Bound> {
  const bind = (address: string): Promise<number> =>
    new Promise((resolve, reject) => {
      server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, port) => {
        if (error) reject(error);
        else resolve(port);
      });
    });
  if ("address" in where) return { port: await bind(where.address), remove: async () => {} };
  const remove = await bindPrivateSocket(where.socketPath, (path) => bind(`unix:${path}`));
  return { port: undefined, remove };
}

function serveDelta(call: Call, fleets: ReadonlyMap<ObjectKey, Fleet>, options: XdsServerOptions): void {
  let connection: Connection | undefined;
  let isOver = false;
  const end = (): void => {
    isOver = true;
    connection?.close();
  };
  call.on("data", (bytes: Buffer) => {
    if (isOver) return;
    const parsed = tryParse(bytes);
    if ("error" in parsed) {
      end();
      refuseStream(call, grpc.status.INVALID_ARGUMENT, `This is no DeltaDiscoveryRequest: ${parsed.error}`);
      return;
    }
    connection ??= connect(call, parsed.node, fleets, options);
    if (connection) connection.receive(parsed.request);
    else isOver = true;
  });
  call.on("end", () => {
    end();
    call.end();
  });
  call.on("cancelled", end);
  call.on("error", end);
}

function tryParse(bytes: Buffer): ReturnType<typeof parseDeltaRequest> | { readonly error: string } {
  try {
    return parseDeltaRequest(bytes);
  } catch (error) {
    return { error: String(error) };
  }
}

/** @returns undefined if the proxy isn't known; then the stream has ended */
function connect(
  call: Call,
  node: NodeClaim | undefined,
  fleets: ReadonlyMap<ObjectKey, Fleet>,
  options: XdsServerOptions,
): Connection | undefined {
  const identity = node && identify(node);
  const fleet = identity && fleets.get(identity.gateway);
  if (identity && fleet) {
    return fleet.connect({
      instance: identity.instance,
      write: (message) => {
        call.write(message);
      },
      end: () => refuseStream(call, grpc.status.UNAVAILABLE, "This gateway is no longer served here."),
    });
  }
  const message = identity
    ? `No proxy of ${identity.gateway} is served here (yet): the Gateway must exist and be accepted.`
    : `The node id "${node?.id ?? ""}" names no proxy; expected gateway/<namespace>/<name>/<instance>.`;
  refuseStream(call, grpc.status.PERMISSION_DENIED, message);
  options.onProblem?.({ code: "LB3004" satisfies keyof typeof XDS_PROBLEMS, severity: "warning", message, path: "" });
  return undefined;
}

function refuseStream(call: Call, code: grpc.status, details: string): void {
  call.emit("error", { code, details });
}
