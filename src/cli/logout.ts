import { rmSync } from "node:fs";
import type { Command } from "commander";
import { savedLoginPath } from "../client/saved-login.ts";
import { print } from "./terminal.ts";

export function define(command: Command): void {
  command.action(() => {
    rmSync(savedLoginPath(process.env), { force: true });
    print("Logged out. The token goes on working until it expires: `landbridge token revoke` ends it.");
  });
}
