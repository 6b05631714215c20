import { type Command, Option } from "commander";
import type { InfoView } from "../client/local-types.ts";
import { VERSION } from "../control/version.ts";
import { type DocumentFormat, formatDocument } from "./document.ts";
import { pagesOf } from "./open-reader.ts";
import { print } from "./terminal.ts";

export function define(command: Command): void {
  command
    .addOption(new Option("-o, --output <format>", "output format").choices(["yaml", "json"]))
    .action(async ({ output }: { output?: DocumentFormat }, self: Command) => {
      const running = await runningOf(self);
      const versions = {
        client: VERSION,
        server: running?.version,
        api: running?.api?.url,
        envoy: running?.envoyVersion,
        node: process.versions.node,
      };
      if (output) {
        print(await formatDocument(versions, output));
        return;
      }
      print(`Client Version: ${versions.client}`);
      print(
        running
          ? `Server Version: ${running.version} (pid ${running.pid}, since ${running.started})`
          : "Server Version: not running",
      );
      if (running?.api) print(`API: ${running.api.url}`);
      if (running?.envoyVersion) print(`Envoy Version: ${running.envoyVersion}`);
      print(`Node Version: ${versions.node}`);
    });
}

/** undefined when none runs, or the user may not see it. */
async function runningOf(self: Command): Promise<InfoView | undefined> {
  const pages = await pagesOf(self);
  const info = "value" in pages ? await pages.value.info() : pages;
  return "value" in info ? info.value : undefined;
}
