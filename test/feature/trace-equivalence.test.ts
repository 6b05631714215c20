/**
 * What `trace` computes from the routing stage is what a real Envoy with the compiled resources does. Routing, its
 * translation, its delivery and trace itself are held against each other here.
 */
import assert from "node:assert/strict";
import { createServer, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { Compiler, type Edit } from "../../src/compiler/compiler.ts";
import { trace } from "../../src/compiler/trace/trace.ts";
import { StaticServices } from "../../src/discovery/static/provider.ts";
import type { AnyResource, KindOf } from "../../src/model/kinds.ts";
import { keyOf } from "../../src/model/metadata.ts";
import type { TraceRequest, TraceResult } from "../../src/model/trace.ts";
import { makeSelfSigned } from "../support/certificates.ts";
import { COMPILE_OPTIONS } from "../support/compile-options.ts";
import { listenOn, type TestServer } from "../support/echo-server.ts";
import { freePort } from "../support/free-port.ts";
import { LEGS, type TraceWorld, traceEstates, traceGround, traceRequests } from "../support/trace-estate.ts";
import { XdsGateway } from "../support/xds-gateway.ts";

const REQUESTS_PER_ESTATE = 60;
const TIME_LIMIT_MS = 20_000;
const GATEWAY = "Gateway/test/edge";

/** One compiler for all estates: each follows from the one before by edits. */
class Estate {
  readonly #compiler = new Compiler(COMPILE_OPTIONS);
  #objects = new Map<string, AnyResource>();

  async become(objects: readonly AnyResource[]): Promise<void> {
    this.publish(objects);
    await xds.inSync();
    assert.deepEqual(xds.refused, [], "Envoy refused something");
  }

  publish(objects: readonly AnyResource[]): void {
    const all = [...traceGround(world), ...objects];
    const next = new Map(all.map((entry) => [keyOf(entry), entry]));
    const gone = [...this.#objects.keys()].filter((key) => !next.has(key));
    this.#objects = next;
    this.#update([
      ...gone.map((key): Edit => ({ kind: "remove", key })),
      ...all.map((resource): Edit => ({ kind: "set", resource })),
    ]);
  }

  trace(request: TraceRequest): TraceResult {
    return trace(this.#compiler.routing, request);
  }

  #update(edits: readonly Edit[]): void {
    const delta = this.#compiler.update(edits);
    assert.deepEqual(delta.defects, []);
    xds.publish(...(delta.resources.get(GATEWAY) ?? []));
    const platform = [...this.#objects.values()].find(
      (entry): entry is KindOf<"Platform"> => entry.kind === "Platform",
    );
    if (!platform || delta.queriesAdded.length === 0) return;
    this.#update(
      delta.queriesAdded.map(
        (query): Edit => ({ kind: "endpoints", query, set: new StaticServices(platform).find(query) }),
      ),
    );
  }
}

const origins: TestServer[] = [];
const xds = new XdsGateway();
const estate = new Estate();
let world: TraceWorld;

before(async () => {
  for (const leg of LEGS) origins.push(await startOrigin(leg));
  world = {
    ports: { http: await freePort(), other: await freePort(), https: await freePort() },
    origins: new Map(LEGS.map((leg, index) => [leg, origins[index]?.port ?? 0])),
    certificate: await makeSelfSigned({ dnsNames: ["*.example.com"] }),
  };
  await xds.startServer();
  // A proxy is only served once its Gateway is there.
  const [first = []] = fc.sample(traceEstates(world), { numRuns: 1, seed: 1 });
  estate.publish(first);
  await xds.startEnvoy("trace", COMPILE_OPTIONS.runtimeLayers);
});

after(async () => {
  await xds[Symbol.asyncDispose]();
  for (const origin of origins) await origin.close();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** Says in headers what reached it, so that HEAD tells as much as GET. */
function startOrigin(leg: string): Promise<TestServer> {
  return listenOn(
    createServer((request, response) => {
      request.resume();
      response
        .writeHead(200, { "echo-leg": leg, "echo-path": request.url ?? "", "echo-host": request.headers.host ?? "" })
        .end();
    }),
  );
}

/** One request on a connection of its own; undefined when there is no connection to be had. */
function ask({ method, scheme, hostname, sni, port, path, headers }: TraceRequest): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      method,
      path,
      agent: false as const,
      headers: [["host", hostname], ...headers.map(({ name, value }) => [name, value])].flat(),
    };
    const call =
      scheme === "https"
        ? httpsRequest({ ...options, servername: sni ?? hostname, rejectUnauthorized: false })
        : httpRequest(options);
    call.on("response", (response) => {
      response.resume();
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
      response.on("error", reject);
    });
    call.on("error", () => resolve(undefined));
    call.end();
  });
}

/** What is wrong with the answer; undefined when it is one that trace foretold. */
function difference(expected: TraceResult, { hostname }: TraceRequest, answer: Answer | undefined): string | undefined {
  if (!expected.listener)
    return answer === undefined ? undefined : `a connection although no listener answers: ${answer.status}`;
  if (!answer) return "no connection";
  const { action } = expected;
  if (action.kind === "fail")
    return answer.status === action.status ? undefined : `${answer.status}, not ${action.status}`;
  if (action.kind === "redirect") {
    const got = `${answer.status} ${answer.headers.location}`;
    const foretold = `${action.status} ${action.location}`;
    return got === foretold ? undefined : `redirect ${got}, not ${foretold}`;
  }
  const { "echo-leg": leg, "echo-path": path, "echo-host": host } = answer.headers;
  const got = answer.status === 200 ? `200 ${leg} ${path} ${host}` : String(answer.status);
  const foretold = expected.legs
    .filter(({ weight }) => weight > 0)
    .map((entry) => {
      if (entry.leg === undefined) return "500";
      return entry.endpoints.endpoints.length > 0 ? `200 ${entry.leg} ${action.path} ${entry.host ?? hostname}` : "503";
    });
  return foretold.includes(got) ? undefined : `${got}, not ${foretold.join(" or ")}`;
}

/** Envoy acknowledges on its main thread; its worker follows a moment later. */
async function lastingDifference(request: TraceRequest): Promise<string | undefined> {
  const expected = estate.trace(request);
  for (let attempt = 0; ; attempt++) {
    const found = difference(expected, request, await ask(request));
    if (found === undefined) return undefined;
    if (attempt === 5) return `${found}; trace: ${JSON.stringify({ ...expected, candidates: undefined })}`;
    await delay(20);
  }
}

test("trace foretells what Envoy does with a request", { timeout: 3 * TIME_LIMIT_MS }, async (t) => {
  const seen = new Map<string, number>();
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  const scenario = fc.asyncProperty(
    traceEstates(world),
    fc.array(traceRequests(world), { minLength: 1, maxLength: REQUESTS_PER_ESTATE, size: "max" }),
    async (objects, requests) => {
      await estate.become(objects);
      for (const request of requests) {
        const expected = estate.trace(request);
        count(expected.listener ? expected.action.kind : "no listener");
        if (expected.chosen !== undefined && expected.hostname?.startsWith("*")) count("wildcard host");
        if (expected.action.kind === "fail") count(`status ${expected.action.status}`);
        const found = await lastingDifference(request);
        assert.equal(found, undefined, `${JSON.stringify(request)}: ${found}`);
      }
    },
  );
  await fc.assert(scenario, { numRuns: 400, interruptAfterTimeLimit: TIME_LIMIT_MS, markInterruptAsFailure: false });
  t.diagnostic(JSON.stringify(Object.fromEntries(seen)));
  for (const what of [
    "forward",
    "redirect",
    "fail",
    "no listener",
    "wildcard host",
    "status 404",
    "status 421",
    "status 500",
  ]) {
    assert.ok((seen.get(what) ?? 0) >= 10, `the arbitrary hardly ever reaches: ${what}`);
  }
});
