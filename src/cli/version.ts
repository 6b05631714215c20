import { type Command, Option } from "commander";
import type { ApiClient } from "../client/api-client.ts";
import type { Answer } from "../client/local-client.ts";
import { VERSION } from "../control/version.ts";
import { type DocumentFormat, formatDocument } from "./document.ts";
import { clientOf, remoteApiOf } from "./session.ts";
import { print, printError } from "./terminal.ts";

export function define(command: Command): void {
  command
    .addOption(new Option("-o, --output <format>", "output format").choices(["yaml", "json"]))
    .action(async ({ output }: { output?: DocumentFormat }, self: Command) => {
      const found = await serverOf(self);
      const server = "value" in found ? found.value : undefined;
      const versions = {
        client: VERSION,
        server: server?.version,
        api: server?.api,
        envoy: server?.envoy,
        node: process.versions.node,
      };
      if (output) {
        print(await formatDocument(versions, output));
        return;
      }
      print(`Client Version: ${versions.client}`);
      print(`Server Version: ${server ? `${server.version}${server.process}` : "not running"}`);
      if (server?.api) print(`API: ${server.api}`);
      if (server?.envoy) print(`Envoy Version: ${server.envoy}`);
      print(`Node Version: ${versions.node}`);
      // That nothing runs here is no news; that an API which somebody named can't be asked is.
      if ("problem" in found && found.problem.code !== "LB6101") printError(found.problem.message);
    });
}

interface Server {
  readonly version: string;
  readonly api?: string | undefined;
  readonly envoy?: string | undefined;
  /** " (pid 7, since …)" on this machine. */
  readonly process: string;
}

async function serverOf(self: Command): Promise<Answer<Server>> {
  const remote = await remoteApiOf(self);
  if (remote !== undefined) return "problem" in remote ? remote : serverBehind(remote.value);
  const info = await clientOf(self).info();
  if ("problem" in info) return info;
  const { version, api, envoyVersion, pid, started } = info.value;
  return { value: { version, api: api?.url, envoy: envoyVersion, process: ` (pid ${pid}, since ${started})` } };
}

/** Over the API everybody may ask for the version alone: "v1.36.0+landbridge-0.1.0" (control/version.ts). */
async function serverBehind(api: ApiClient): Promise<Answer<Server>> {
  const answer = await api.request<{ readonly gitVersion?: string }>("GET", "/version");
  if ("problem" in answer) return answer;
  const version = answer.value.gitVersion?.replace(/^.*\+landbridge-/, "") ?? "<unknown>";
  return { value: { version, api: api.connection.url, process: "" } };
}
