import { type Command, Option } from "commander";
import { findResource } from "../client/api-resources.ts";
import { type DocumentFormat, formatDocument } from "./document.ts";
import { rulesTable } from "./rules-table.ts";
import { selfOf } from "./self-review.ts";
import { apiOf } from "./session.ts";
import { table } from "./table.ts";
import { failWith, print, printError } from "./terminal.ts";

interface CanIOptions {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly subresource?: string;
  readonly quiet?: boolean;
  readonly list?: boolean;
}

const AUTHORIZATION = "authorization.k8s.io";

export function define(command: Command): void {
  command
    .command("whoami")
    .description("who the API takes you for")
    .addOption(new Option("-o, --output <format>", "output format").choices(["yaml", "json"]))
    .action((options: { output?: DocumentFormat }, self: Command) => whoAmI(options, self));
  command
    .command("can-i")
    .description("whether you may do something")
    .argument("[verb]", "get, list, watch, create, update, patch, delete, use, attach, …; * for all")
    .argument("[resource]", "kind, kind/name, or a path such as /metrics")
    .argument("[name]", "of one object")
    .option("-n, --namespace <namespace>", "in this namespace")
    .option("-A, --all-namespaces", "in all namespaces")
    .option("--subresource <name>", "such as status")
    .option("-q, --quiet", "say it by the exit code only")
    .option("--list", "all that you may do in a namespace")
    .addHelpText("after", "\nEnds with 0 for yes and 1 for no.")
    .action(
      (
        verb: string | undefined,
        resource: string | undefined,
        name: string | undefined,
        options: CanIOptions,
        self: Command,
      ) => canI({ verb, resource, name }, options, self),
    );
}

async function whoAmI({ output }: { output?: DocumentFormat }, self: Command): Promise<void> {
  const connected = await apiOf(self);
  if ("problem" in connected) return failWith(connected.problem);
  const me = await selfOf(connected.value);
  if ("problem" in me) return failWith(me.problem);
  const { username, groups } = me.value;
  if (output) {
    const review = {
      apiVersion: "authentication.k8s.io/v1",
      kind: "SelfSubjectReview",
      status: { userInfo: me.value },
    };
    return print(await formatDocument(review, output));
  }
  print(
    table(
      ["ATTRIBUTE", "VALUE"],
      [
        ["Username", username],
        ["Groups", `[${groups.join(" ")}]`],
      ],
    ),
  );
}

interface Question {
  readonly verb: string | undefined;
  readonly resource: string | undefined;
  readonly name: string | undefined;
}

async function canI(question: Question, options: CanIOptions, self: Command): Promise<void> {
  const { verb, resource } = question;
  if (options.list ? verb !== undefined : verb === undefined || resource === undefined)
    self.error(options.list ? "error: --list takes no verb" : "error: give a verb and a resource, or --list");
  const connected = await apiOf(self);
  if ("problem" in connected) return failWith(connected.problem);
  const api = connected.value;
  const namespace = options.allNamespaces ? "" : (options.namespace ?? api.connection.namespace ?? "default");
  if (options.list) {
    const rules = await api.review<object>(AUTHORIZATION, "selfsubjectrulesreviews", "SelfSubjectRulesReview", {
      namespace: namespace === "" ? "default" : namespace,
    });
    return "problem" in rules ? failWith(rules.problem) : print(rulesTable(rules.value));
  }
  const resources = await api.resources();
  if ("problem" in resources) return failWith(resources.problem);
  const [word = "", slashName] = resource?.startsWith("/") ? [resource] : (resource ?? "").split("/");
  const found = findResource(resources.value, word);
  const asked = {
    verb,
    group: found?.group ?? word.split(".").slice(1).join("."),
    // What is no kind may be a right all the same, such as "listeners" and "hostnames".
    resource: found?.resource ?? word.split(".")[0],
    subresource: options.subresource ?? "",
    namespace: found?.namespaced === false ? "" : namespace,
    name: question.name ?? slashName ?? "",
  };
  const spec = word.startsWith("/") ? { nonResourceAttributes: { verb, path: word } } : { resourceAttributes: asked };
  const kind = "SelfSubjectAccessReview";
  const answer = await api.review<Verdict>(AUTHORIZATION, "selfsubjectaccessreviews", kind, spec);
  if ("problem" in answer) return failWith(answer.problem);
  const { allowed = false, reason = "" } = answer.value;
  if (!found && word !== "*" && !word.startsWith("/") && !options.quiet)
    printError(`warning: the API doesn't have a resource type "${word}"`);
  if (!options.quiet) print(allowed ? "yes" : `no${reason === "" ? "" : ` - ${reason}`}`);
  if (!allowed) process.exitCode = 1;
}

interface Verdict {
  readonly allowed?: boolean;
  readonly reason?: string;
}
