/** The store's thread: the only one that touches the file. A disk that hangs holds up this thread, and no other. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { openFile } from "./open-file.ts";
import type { Opening, ThreadSettings } from "./protocol.ts";
import { StoreService } from "./store-service.ts";

function main(port: MessagePort, settings: ThreadSettings): void {
  const file = openFile(settings);
  if ("problem" in file) {
    port.postMessage({ problem: file.problem } satisfies Opening);
    return;
  }
  port.postMessage({ opened: file.opened } satisfies Opening);
  new StoreService(port, file.tables).start();
}

if (parentPort) main(parentPort, workerData as ThreadSettings);
