import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalApi } from "../../src/api/local/local-server.ts";
import { controlSocketPath } from "../../src/client/control-socket.ts";
import { LocalClient } from "../../src/client/local-client.ts";
import { FixedView } from "./fixed-view.ts";

/** The local API on a real socket, over fixed answers. */
export class ServedView {
  readonly stateDir = mkdtempSync(join(tmpdir(), "landbridge-api-"));
  readonly socketPath = controlSocketPath(this.stateDir);
  readonly view = new FixedView();
  readonly client = new LocalClient(this.socketPath);
  readonly #stop = new AbortController();
  #closed: Promise<void> = Promise.resolve();

  static async start(): Promise<ServedView> {
    const served = new ServedView();
    const api = await startLocalApi({ socketPath: served.socketPath, view: served.view, signal: served.#stop.signal });
    assert.ok("closed" in api, JSON.stringify(api));
    served.#closed = api.closed;
    return served;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.stateDir, { recursive: true, force: true });
  }
}
