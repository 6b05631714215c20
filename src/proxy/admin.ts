/**
 * A client for Envoy's admin interface on its unix socket.
 */
import { request } from "node:http";

/** `/ready` in Envoy's words; "unreachable" when nobody answers. Only LIVE means that it serves. */
export type Readiness = "LIVE" | "DRAINING" | "PRE_INITIALIZING" | "INITIALIZING" | "unreachable";

interface AdminResponse {
  readonly status: number;
  readonly body: string;
}

const TIMEOUT_MS = 2_000;
export class EnvoyAdmin {
  readonly socketPath: string;

  constructor(socketPath: string) {
    this.socketPath = socketPath;
  }

  async ready(): Promise<Readiness> {
    const response = await this.#send("GET", "/ready").catch(() => undefined);
    return parseReadiness(response?.body);
  }

  /** Counters and gauges whose name matches the regular expression `filter`. Rejects when Envoy doesn't answer. */
  async stats(filter: string): Promise<ReadonlyMap<string, number>> {
    const { body } = await this.#send("GET", `/stats?format=json&type=All&filter=${encodeURIComponent(filter)}`);
    return parseStats(JSON.parse(body));
  }

  /** Requests from clients that are not yet answered, WebSockets included. */
  async openRequests(): Promise<number> {
    const stats = await this.stats("^http\\..*\\.downstream_rq_active$");
    let open = 0;
    for (const [name, value] of stats) if (!name.startsWith("http.admin.")) open += value;
    return open;
  }

  /**
   * Stops to accept connections. Those that are open go on; each answer asks its client to close
   * (HTTP/1.1 `connection: close`, HTTP/2 GOAWAY).
   */
  async drain(): Promise<void> {
    // Only "graceful" tells clients, and only the plain form stops accepting at once.
    await this.#send("POST", "/drain_listeners?graceful");
    await this.#send("POST", "/drain_listeners");
  }

  /** Ends the process at once. */
  async quit(): Promise<void> {
    await this.#send("POST", "/quitquitquit");
  }

  #send(method: "GET" | "POST", path: string): Promise<AdminResponse> {
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const outgoing = request({ socketPath: this.socketPath, method, path, agent: false, signal }, (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          body += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
        response.on("error", reject);
      });
      outgoing.on("error", reject);
      outgoing.end();
    });
  }
}

function parseReadiness(body: string | undefined): Readiness {
  const word = body?.trim();
  switch (word) {
    case "LIVE":
    case "DRAINING":
    case "PRE_INITIALIZING":
    case "INITIALIZING":
      return word;
    default:
      return "unreachable";
  }
}

/** {"stats":[{"name":"server.live","value":1},{"histograms":…}]} */
function parseStats(json: unknown): ReadonlyMap<string, number> {
  const stats = new Map<string, number>();
  for (const stat of fieldArray(json, "stats")) {
    if (typeof stat !== "object" || stat === null || !("name" in stat) || !("value" in stat)) continue;
    if (typeof stat.name === "string" && typeof stat.value === "number") stats.set(stat.name, stat.value);
  }
  return stats;
}

function fieldArray(value: unknown, field: string): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  const found: unknown = (value as Record<string, unknown>)[field];
  return Array.isArray(found) ? found : [];
}
