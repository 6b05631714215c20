/**
 * The resource API with an estate of 3000 hosts in its store, one real Envoy behind it: writes, what becomes of them, lists,
 * watches, memory.
 */
import { setTimeout as delay } from "node:timers/promises";
import { parse } from "../../src/model/parse.ts";
import { printable } from "../../src/model/print.ts";
import type { Benchmark, BenchmarkOptions } from "../benchmark.ts";
import { type EstateFiles, hostnameOf, hostPath, hostText, namespaceOf } from "../estate/estate.ts";
import { prepare, probeOf, type Setting } from "../live/setting.ts";
import { Child } from "../processes/child.ts";
import { Landbridge } from "../processes/landbridge.ts";
import { atLeast, atMost, type Figure } from "../report/figure.ts";
import { sampleOf, single } from "../report/sample.ts";
import { type ApiAccess, ApiConnection, apiAccess, inParallel } from "./api-connection.ts";
import { syncedWrites } from "./disk-baseline.ts";
import type { WatcherCalls } from "./watchers.ts";

const HOSTS = 3000;
const OBJECTS_OF_ONE_KIND = 5000;
const WRITERS = 32;
const WATCHERS = 200;
const NAMESPACES = 30;
const WARM_UP = 20;
const GATEWAY_API = "/apis/gateway.networking.k8s.io/v1";
const LANDBRIDGE_API = "/apis/landbridge.dev/v1alpha1";
const MERGE = "application/merge-patch+json";

export const api: Benchmark = {
  name: "api",
  summary: "writes through the API, until they are live; lists, watches and memory",
  async run(options) {
    const bench = await ApiBench.start(options);
    const figures: Figure[] = [];
    figures.push(await bench.load());
    await bench.rest();
    figures.push(...(await bench.writeToLive(options.quick ? 60 : 300)));
    figures.push(...(await bench.sustained(options.quick ? 3 : 15)));
    figures.push(...(await bench.lists(options.quick ? 5 : 15)));
    figures.push(await bench.fanOut(options.quick ? 20 : 100));
    figures.push(...(await bench.memory()));
    return figures;
  },
};

class ApiBench {
  readonly #options: BenchmarkOptions;
  readonly #landbridge: Landbridge;
  readonly #connection: ApiConnection;
  readonly #watchers: Child<WatcherCalls>;
  readonly #access: ApiAccess;
  readonly #setting: Setting;

  private constructor(options: BenchmarkOptions, landbridge: Landbridge, access: ApiAccess, setting: Setting) {
    this.#options = options;
    this.#landbridge = landbridge;
    this.#access = access;
    this.#setting = setting;
    this.#connection = new ApiConnection(access, WRITERS + 8);
    options.resources.defer(() => this.#connection.close());
    this.#watchers = options.resources.use(Child.start<WatcherCalls>(new URL("./watchers.ts", import.meta.url)));
  }

  /** The gateway and the platforms are in files, hosts and services will be in the store. */
  static async start(options: BenchmarkOptions): Promise<ApiBench> {
    const setting = await prepare(HOSTS, options);
    const files: EstateFiles = new Map([...setting.files].filter(([path]) => !/^(hosts|wildcards)\//.test(path)));
    setting.scratch.write(files);
    const landbridge = options.resources.use(new Landbridge(setting.scratch, [], false));
    await landbridge.ready();
    const url = await landbridge.apiUrl();
    const access = apiAccess(setting.scratch.state, url);
    return new ApiBench(options, landbridge, access, setting);
  }

  async load(): Promise<Figure> {
    this.#options.say(`${HOSTS} hosts through the API`);
    for (let team = 0; team < NAMESPACES; team++)
      await this.#create("/api/v1/namespaces", namespace(namespaceOf(team)));
    const objects = Array.from({ length: HOSTS }, (_, host) => host).flatMap((host) =>
      parse(hostText(host, ["/app"]), hostPath(host)).objects.map(({ resource }) => printable(resource)),
    );
    const started = performance.now();
    await inParallel(objects.length, WRITERS, (index) => this.#createObject(objects[index] ?? {}));
    const seconds = (performance.now() - started) / 1000;
    return {
      name: `create ${objects.length} objects, ${WRITERS} at a time, each live on Envoy`,
      unit: "per s",
      sample: single(objects.length / seconds),
      note: "includes TLS, checks, RBAC, the audit journal, one durable commit each (several may share one), compiling and pushing",
    };
  }

  async rest(): Promise<void> {
    await delay(2_000);
  }

  /** Of a route's edit: until a request shows it, until the write is answered, and until its Programmed is True. */
  async writeToLive(count: number): Promise<Figure[]> {
    this.#options.say("writes, until they are live");
    const answered: number[] = [];
    const seen: number[] = [];
    for (let index = 0; index < WARM_UP + count; index++) {
      const { host, patch } = this.#edit(index);
      const probe = probeOf(this.#setting, hostnameOf(host), `/edit-${index}`);
      const input = { patch: { access: this.#access, ...patch }, probe: { ...probe, before: "/app" } };
      const effect = await this.#setting.prober.call("effectOfPatch", input);
      if (index >= WARM_UP) {
        answered.push(effect.answered);
        seen.push(effect.elapsed);
      }
      await delay(15);
    }
    return [
      {
        name: "write -> live: the first request that shows it",
        unit: "ms",
        sample: sampleOf(seen),
        targets: [atMost("p50", 8), atMost("p99", 25)],
        note: "from the first byte of the PATCH of a route until the first 200 for its new path, asked without a pause",
      },
      { name: "write -> answered, durable", unit: "ms", sample: sampleOf(answered) },
      {
        name: "write -> acknowledged, as a watch tells",
        unit: "ms",
        sample: sampleOf(await this.#programmed(count)),
        note: "until a watch of all routes has Programmed True at the new generation; nothing else keeps the cores awake",
      },
    ];
  }

  async #programmed(count: number): Promise<number[]> {
    const live: number[] = [];
    const watch = await this.#connection.open(
      "GET",
      `${GATEWAY_API}/httproutes?watch=1&resourceVersion=${await this.#revision()}`,
    );
    let lines = "";
    let waiting: { readonly test: (line: string) => boolean; readonly done: () => void } | undefined;
    watch.setEncoding("utf8").on("data", (chunk: string) => {
      lines += chunk;
      for (let end = lines.indexOf("\n"); end >= 0; end = lines.indexOf("\n")) {
        const line = lines.slice(0, end);
        lines = lines.slice(end + 1);
        if (waiting?.test(line)) waiting.done();
      }
    });
    for (let index = 0; index < WARM_UP + count; index++) {
      const { host, patch } = this.#edit(100_000 + index);
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting = { test: (line) => isLive(line, `shop-${host}`, `/edit-${100_000 + index}`), done: resolve };
      const started = performance.now();
      await this.#connection.call("PATCH", patch.path, patch.body, MERGE);
      await promise;
      if (index >= WARM_UP) live.push(performance.now() - started);
      await delay(15);
    }
    watch.destroy();
    return live;
  }

  /** Of some host's route: one more path. */
  #edit(index: number) {
    const host = (index * 1_013 + 7) % HOSTS;
    const path = `${GATEWAY_API}/namespaces/${namespaceOf(host)}/httproutes/shop-${host}`;
    return { host, patch: { path, body: { spec: { rules: rules(host, ["/app", `/edit-${index}`]) } } } };
  }

  async sustained(seconds: number): Promise<Figure[]> {
    this.#options.say("writes without a pause");
    const times: number[] = [];
    const started = performance.now();
    const end = started + seconds * 1000;
    const cpu = this.#landbridge.cpuMs;
    let done = 0;
    await inParallel(Number.MAX_SAFE_INTEGER, WRITERS, async (index) => {
      if (performance.now() > end) throw new Stop();
      const host = index % HOSTS;
      const path = `${LANDBRIDGE_API}/namespaces/${namespaceOf(host)}/hybridservices/shop-${host}`;
      const before = performance.now();
      await this.#connection.call("PATCH", path, { metadata: { annotations: { turn: String(index) } } }, MERGE);
      times.push(performance.now() - before);
      done++;
    }).catch((error: unknown) => {
      if (!(error instanceof Stop)) throw error;
    });
    const cpuEach = (this.#landbridge.cpuMs - cpu) / done;
    const rate = done / ((performance.now() - started) / 1000);
    const synced = syncedWrites(this.#setting.scratch.directory, 500);
    return [
      {
        name: `writes sustained for ${seconds} s, ${WRITERS} at a time`,
        unit: "per s",
        sample: single(rate),
        targets: [{ ...atLeast("p50", 500) }],
        baseline: { name: "SQLite alone, a commit each", value: synced },
      },
      { name: "each of these writes", unit: "ms", sample: sampleOf(times) },
      {
        name: "CPU of the control plane for each",
        unit: "ms",
        sample: single(cpuEach),
        note: "all threads, the store's among them; what other processes of this machine do doesn't count here",
      },
    ];
  }

  async lists(count: number): Promise<Figure[]> {
    this.#options.say(`${OBJECTS_OF_ONE_KIND} services`);
    const more = OBJECTS_OF_ONE_KIND - HOSTS;
    await inParallel(more, WRITERS, (index) => this.#createObject(extraService(index)));
    await this.rest();
    const times: number[] = [];
    let bytes = 0;
    for (let index = 0; index < count; index++) {
      const started = performance.now();
      bytes = (await this.#connection.call("GET", `${LANDBRIDGE_API}/hybridservices`)).length;
      times.push(performance.now() - started);
    }
    return [
      {
        name: `list ${OBJECTS_OF_ONE_KIND} objects`,
        unit: "ms",
        sample: sampleOf(times),
        targets: [atMost("p50", 300)],
        note: `${(bytes / 1e6).toFixed(1)} MB of JSON, received whole`,
      },
    ];
  }

  async fanOut(count: number): Promise<Figure> {
    this.#options.say(`${WATCHERS} watchers`);
    const path = `${LANDBRIDGE_API}/hybridservices?watch=1&resourceVersion=${await this.#revision()}`;
    await this.#watchers.call("watch", { access: this.#access, path, count: WATCHERS });
    const times: number[] = [];
    for (let index = 0; index < WARM_UP + count; index++) {
      const text = `fan-out-${index}-`;
      const seen = this.#watchers.call("seen", text);
      const started = process.hrtime.bigint();
      const target = `${LANDBRIDGE_API}/namespaces/${namespaceOf(0)}/hybridservices/shop-0`;
      await this.#connection.call("PATCH", target, { metadata: { annotations: { text } } }, MERGE);
      const last = BigInt(await seen);
      if (index >= WARM_UP) times.push(Number(last - started) / 1e6);
      await delay(20);
    }
    return {
      name: `write -> seen by the last of ${WATCHERS} watchers`,
      unit: "ms",
      sample: sampleOf(times),
      targets: [atMost("p50", 20)],
      note: "from the first byte of the write; the watchers share one process and one of the two cores",
    };
  }

  async memory(): Promise<Figure[]> {
    const busy = this.#landbridge.rss;
    await delay(10_000);
    const objects = HOSTS + OBJECTS_OF_ONE_KIND;
    const bound = [atMost("p50", 300)];
    const note = `${objects} objects in the store, ${HOSTS} hosts compiled, ${WATCHERS} watches open`;
    return [
      { name: "control plane RSS, right after", unit: "MB", sample: single(busy), targets: bound, note },
      {
        name: "control plane RSS, after 10 s of rest",
        unit: "MB",
        sample: single(this.#landbridge.rss),
        targets: bound,
      },
    ];
  }

  async #revision(): Promise<string> {
    const list = JSON.parse(await this.#connection.call("GET", `${LANDBRIDGE_API}/hybridservices?limit=1`));
    return list.metadata.resourceVersion;
  }

  async #create(path: string, object: object): Promise<void> {
    await this.#connection.call("POST", path, object);
  }

  #createObject(object: Record<string, unknown>): Promise<void> {
    const { kind, metadata } = object as { kind: string; metadata: { namespace: string } };
    const base = kind === "HTTPRoute" ? GATEWAY_API : LANDBRIDGE_API;
    return this.#create(`${base}/namespaces/${metadata.namespace}/${kind.toLowerCase()}s`, object);
  }
}

class Stop extends Error {}

function isLive(line: string, name: string, path: string): boolean {
  if (!line.includes(`"name":"${name}"`) || !line.includes(path)) return false;
  const { object } = JSON.parse(line);
  return object.status?.parents?.every((parent: { conditions: Condition[] }) =>
    parent.conditions.some(
      ({ type, status, observedGeneration }) =>
        type === "Programmed" && status === "True" && observedGeneration === object.metadata.generation,
    ),
  );
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly observedGeneration?: number;
}

function rules(host: number, paths: readonly string[]): object[] {
  return paths.map((value) => ({
    matches: [{ path: { type: "PathPrefix", value } }],
    backendRefs: [{ group: "landbridge.dev", kind: "HybridService", name: `shop-${host}` }],
  }));
}

function namespace(name: string): object {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

/** One that no route asks for. */
function extraService(index: number): Record<string, unknown> {
  return {
    apiVersion: "landbridge.dev/v1alpha1",
    kind: "HybridService",
    metadata: { name: `extra-${index}`, namespace: namespaceOf(index) },
    spec: { port: 80, backends: [{ name: "vm", platform: "rack-0", service: "shop-0" }] },
  };
}
