import { type Command, InvalidArgumentError, Option } from "commander";
import type { ApiResource } from "../client/api-types.ts";
import { columnsOf } from "../client/columns.ts";
import { at, text } from "../lib/fields.ts";
import type { RawObject } from "../model/object-meta.ts";
import { collected, duration } from "./option-values.ts";
import { apiOf } from "./session.ts";
import { Table } from "./table.ts";
import { failWith, print, printError } from "./terminal.ts";

const TOKENS: ApiResource = {
  group: "landbridge.dev",
  version: "v1alpha1",
  kind: "AccessToken",
  resource: "accesstokens",
  singular: "accesstoken",
  shortNames: ["token"],
  categories: [],
  namespaced: false,
  verbs: [],
  subresources: [],
};

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 90;

interface CreateOptions {
  readonly user?: string;
  readonly group?: readonly string[];
  readonly expires: number | "never";
  readonly description?: string;
  readonly printKubeconfig?: boolean;
  readonly namespace?: string;
}

export function define(command: Command): void {
  command
    .command("create")
    .description("make a token, which is shown this once")
    .argument("<name>", "name of the AccessToken; people see it, so no secret")
    .option("--user <user>", "whose token it is; your own if not given")
    .addOption(new Option("--group <group>", "group of its bearer; several times if need be").argParser(collected))
    .addOption(
      new Option("--expires <time>", "how long it works, such as 12h or 30d; or never")
        .argParser(lifetime)
        .default(DEFAULT_DAYS * DAY_MS, `${DEFAULT_DAYS}d`),
    )
    .option("--description <text>", "what it is for")
    .option("--print-kubeconfig", "print a kubeconfig with it, for kubectl and `landbridge --kubeconfig`")
    .option("-n, --namespace <namespace>", "namespace in that kubeconfig")
    .action((name: string, options: CreateOptions, self: Command) => create(name, options, self));
  command
    .command("list")
    .description("list all tokens, by name; the tokens themselves are kept nowhere")
    .option("--no-headers", "without the titles of the columns")
    .action((options: { headers: boolean }, self: Command) => listTokens(options, self));
  command
    .command("revoke")
    .description("end tokens; open connections that use them end within seconds")
    .argument("<name...>", "names of AccessTokens")
    .action((names: readonly string[], _options: object, self: Command) => revoke(names, self));
}

async function create(name: string, options: CreateOptions, self: Command): Promise<void> {
  const connected = await apiOf(self);
  if ("problem" in connected) return failWith(connected.problem);
  const api = connected.value;
  const { user, group = [], expires, description } = options;
  const answer = await api.create(TOKENS, "", {
    apiVersion: "landbridge.dev/v1alpha1",
    kind: "AccessToken",
    metadata: { name },
    spec: {
      ...(user === undefined ? {} : { user }),
      ...(group.length > 0 ? { groups: group } : {}),
      ...(expires === "never" ? {} : { expirationTimestamp: wholeSeconds(Date.now() + expires) }),
      ...(description === undefined ? {} : { description }),
    },
  });
  if ("problem" in answer) return failWith(answer.problem);
  const token = text(at(answer.value, "status", "token"));
  const bearer = text(at(answer.value, "spec", "user"));
  if (options.printKubeconfig) {
    const { kubeconfigText } = await import("../client/kubeconfig.ts");
    const { url, caPem, serverName } = api.connection;
    print(kubeconfigText({ url, caPem, serverName, token, user: bearer, namespace: options.namespace }));
  } else print(token);
  // Not among what is written to a file.
  const until = at(answer.value, "spec", "expirationTimestamp");
  printError(
    `accesstoken.landbridge.dev/${name} created for ${bearer}, ${until ? `until ${text(until)}` : "without an end"}`,
  );
  printError("The token is shown this once: keep it where only its bearer can read it.");
}

async function listTokens({ headers }: { headers: boolean }, self: Command): Promise<void> {
  const connected = await apiOf(self);
  if ("problem" in connected) return failWith(connected.problem);
  const tokens = await connected.value.list(TOKENS, "");
  if ("problem" in tokens) return failWith(tokens.problem);
  if (tokens.value.items.length === 0) return printError("No tokens found");
  const columns = columnsOf("AccessToken").filter(({ priority }) => priority === 0);
  const titles = [...columns.map(({ name }) => name.toUpperCase()), "DESCRIPTION"];
  const now = new Date();
  const row = (token: RawObject) => [
    ...columns.map(({ value }) => String(value(token, now))),
    text(at(token, "spec", "description")),
  ];
  print(new Table(titles, headers).lines(tokens.value.items.map(row)));
}

async function revoke(names: readonly string[], self: Command): Promise<void> {
  const connected = await apiOf(self);
  if ("problem" in connected) return failWith(connected.problem);
  for (const name of names) {
    const answer = await connected.value.delete(TOKENS, "", name);
    if ("problem" in answer) failWith(answer.problem);
    else print(`accesstoken.landbridge.dev/${name} revoked`);
  }
}

function lifetime(words: string): number | "never" {
  if (words === "never") return words;
  const time = duration(words);
  if (time < 1_000) throw new InvalidArgumentError("Give a time of a second at least, or never.");
  return time;
}

function wholeSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
