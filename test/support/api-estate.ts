/** A real control plane with the resource API, as `landbridge up` runs it, and those who use it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bootstrapTokenPath } from "../../src/access/bootstrap.ts";
import { kubeconfigText } from "../../src/client/kubeconfig.ts";
import type { ControlPlaneOptions } from "../../src/control/control-plane.ts";
import type { ApiEndpoint } from "../../src/control/resource-api.ts";
import { type ApiAnswer, ApiClient, type ApiRequestInit } from "./api-client.ts";
import type { Outcome } from "./command-line.ts";
import { freePort } from "./free-port.ts";
import { Kubectl } from "./kubectl.ts";
import { RunningEstate } from "./running-estate.ts";

const ADMIN = "admin";
const ACCESS_TOKENS = "/apis/landbridge.dev/v1alpha1/accesstokens";

/** Somebody with a token of their own. */
export interface ApiUser {
  readonly token: string;
  /** A file. */
  readonly kubeconfig: string;
  readonly kubectl: Kubectl;
  /** Raw requests in their name. */
  readonly client: ApiClient;
}

interface KnownUser extends ApiUser {
  readonly name: string;
}

export class ApiEstate extends RunningEstate {
  readonly #hasDirectory: boolean;
  readonly #users: KnownUser[] = [];

  private constructor(port: number, files: Readonly<Record<string, string>> | undefined) {
    super(port, files ?? {});
    this.#hasDirectory = files !== undefined;
  }

  /**
   * Without `files` there is no directory, and no Envoy until somebody makes a Gateway; with them it is as in
   * RunningEstate. The API listens on a free port.
   */
  static override async start(
    files?: Readonly<Record<string, string>>,
    options: Partial<ControlPlaneOptions> = {},
  ): Promise<ApiEstate> {
    const estate = new ApiEstate(await freePort(), files);
    try {
      await estate.up(options);
    } catch (error) {
      await estate[Symbol.asyncDispose]();
      throw error;
    }
    return estate;
  }

  /** Everybody whom the estate knows from before it was stopped finds it again with a new `kubectl` command. */
  override async up(options: Partial<ControlPlaneOptions> = {}): Promise<void> {
    await super.up(options);
    const known = this.#users.splice(0);
    for (const { client } of known) client[Symbol.dispose]();
    if (known.length === 0) this.#addUser(ADMIN, readFileSync(bootstrapTokenPath(this.stateDir), "utf8").trim());
    for (const { name, token, kubectl } of known) this.#addUser(name, token, kubectl);
  }

  override begin(options: Partial<ControlPlaneOptions> = {}): Promise<void> {
    return super.begin({
      ...(!this.#hasDirectory && { directory: undefined }),
      api: { host: "127.0.0.1", port: 0, names: [] },
      ...options,
    });
  }

  get endpoint(): ApiEndpoint {
    const { endpoint } = this.plane;
    if (!endpoint) throw new Error("the API doesn't serve");
    return endpoint;
  }

  /** May do everything. */
  get admin(): ApiUser {
    const [admin] = this.#users;
    if (!admin) throw new Error("not started");
    return admin;
  }

  /** Runs kubectl as admin to its end. For what it reads from stdin, `admin.kubectl.run`. */
  kubectl(...args: readonly string[]): Promise<Outcome> {
    return this.admin.kubectl.run(args);
  }

  /** Runs kubectl as admin. @returns what it prints; throws when it fails */
  async mustKubectl(...args: readonly string[]): Promise<string> {
    const { code, out, err } = await this.kubectl(...args);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${err}`);
    return out;
  }

  /** As admin, unless `init` says otherwise. @param path with its query, as it is to be sent */
  fetch(path: string, init?: ApiRequestInit): Promise<ApiAnswer> {
    return this.admin.client.fetch(path, init);
  }

  /** Makes an AccessToken of that user, who may do what the groups may and what bindings give. */
  async kubeconfigFor(user: string, groups: readonly string[] = []): Promise<ApiUser> {
    const made = await this.fetch(ACCESS_TOKENS, {
      method: "POST",
      json: {
        apiVersion: "landbridge.dev/v1alpha1",
        kind: "AccessToken",
        metadata: { generateName: "test-" },
        spec: { user, groups },
      },
    });
    const { token } = (made.json().status ?? {}) as { readonly token?: unknown };
    if (made.status !== 201 || typeof token !== "string") throw new Error(`no token: ${made.text}`);
    return this.#addUser(user, token);
  }

  #addUser(name: string, token: string, running?: Kubectl): ApiUser {
    const { url, caPem } = this.endpoint;
    const kubeconfig = join(this.base, `kubeconfig-${this.#users.length}`);
    writeFileSync(kubeconfig, kubeconfigText({ url, caPem, token, user: name }), { mode: 0o600 });
    const kubectl = running ?? new Kubectl(kubeconfig);
    const user = { name, token, kubeconfig, kubectl, client: new ApiClient(this.endpoint, token) };
    this.#users.push(user);
    return user;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    for (const { client, kubectl } of this.#users) {
      client[Symbol.dispose]();
      await kubectl[Symbol.asyncDispose]();
    }
    await super[Symbol.asyncDispose]();
  }
}
