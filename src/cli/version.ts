import { type Command, Option } from "commander";
import { VERSION } from "../control/version.ts";
import { type DocumentFormat, formatDocument } from "./document.ts";
import { clientOf } from "./session.ts";
import { print } from "./terminal.ts";

export function define(command: Command): void {
  command
    .addOption(new Option("-o, --output <format>", "output format").choices(["yaml", "json"]))
    .action(async ({ output }: { output?: DocumentFormat }, self: Command) => {
      const answer = await clientOf(self).info();
      const running = "value" in answer ? answer.value : undefined;
      const versions = {
        client: VERSION,
        server: running?.version,
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
      if (running?.envoyVersion) print(`Envoy Version: ${running.envoyVersion}`);
      print(`Node Version: ${versions.node}`);
    });
}
