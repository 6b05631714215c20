import type { Command } from "commander";

/** A command: its file is loaded only to run it or to show its help. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ define(command: Command): void }>;
}

/** In the order of the help text. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "up",
    summary: "Run the control plane and a gateway on a directory of objects",
    load: () => import("./up.ts"),
  },
  { name: "check", summary: "Find the mistakes in a directory of objects", load: () => import("./check.ts") },
  { name: "get", summary: "List objects with their state", load: () => import("./get.ts") },
  { name: "describe", summary: "Tell all about one object", load: () => import("./describe.ts") },
  { name: "plan", summary: "Tell what files would change, and on which hosts", load: () => import("./plan.ts") },
  { name: "apply", summary: "Make objects as files say, all of them or none", load: () => import("./apply.ts") },
  { name: "delete", summary: "Delete objects, and wait until they are gone", load: () => import("./delete.ts") },
  { name: "edit", summary: "Change an object in your editor", load: () => import("./edit.ts") },
  { name: "wait", summary: "Wait until objects are live, deleted, or as you say", load: () => import("./wait.ts") },
  { name: "events", summary: "Show what happened to objects", load: () => import("./events.ts") },
  { name: "explain", summary: "Tell what a kind or a field of it is for", load: () => import("./explain.ts") },
  { name: "api-resources", summary: "List the kinds that the API serves", load: () => import("./api-resources.ts") },
  {
    name: "proxies",
    summary: "Show each proxy, what it has, and whether it is in sync",
    load: () => import("./proxies.ts"),
  },
  {
    name: "trace",
    summary: "Tell which route and backend would serve a request, and why",
    load: () => import("./trace.ts"),
  },
  { name: "compile", summary: "Print what the objects become, stage by stage", load: () => import("./compile.ts") },
  { name: "login", summary: "Save how to reach an API, or print it for kubectl", load: () => import("./login.ts") },
  { name: "logout", summary: "Forget the saved login", load: () => import("./logout.ts") },
  { name: "auth", summary: "Tell who you are, and what you may do", load: () => import("./auth.ts") },
  { name: "token", summary: "Make, list and revoke access tokens", load: () => import("./token.ts") },
  {
    name: "audit",
    summary: "Show who did what, and prove that the journal is whole",
    load: () => import("./audit.ts"),
  },
  { name: "backup", summary: "Save a copy of the store", load: () => import("./backup.ts") },
  { name: "restore", summary: "Put a backup in the place of the store", load: () => import("./restore.ts") },
  { name: "completion", summary: "Print a completion script for a shell", load: () => import("./completion.ts") },
  { name: "version", summary: "Print the versions in use", load: () => import("./version.ts") },
];
