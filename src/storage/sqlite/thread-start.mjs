// Where the store's thread begins. Plain JavaScript: it runs before the compile cache of the process is known here, and
// stripping types without that cache costs the thread 17 MB.
import { enableCompileCache } from "node:module";
import { workerData } from "node:worker_threads";

if (workerData.compileCache) enableCompileCache(workerData.compileCache);
await import("./thread-entry.ts");
