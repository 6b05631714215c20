import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Connection } from "../client/api-transport.ts";
import type { Answer } from "../client/local-client.ts";
import { selfOf, selfText } from "./self-review.ts";
import { connectionOf, connectTo, unsavedConnectionOf } from "./session.ts";
import { cliProblem, failWith, print, printError } from "./terminal.ts";

interface LoginOptions {
  readonly server?: string;
  readonly ca?: string;
  readonly caFingerprint?: string;
  readonly tokenFile?: string;
  readonly namespace?: string;
  readonly printKubeconfig?: boolean;
}

export function define(command: Command): void {
  command
    .addOption(new Option("--server <url>", "the API; if not given, that of the state directory").argParser(httpsUrl))
    .option("--ca <file>", "certificate of the API's authority: its ca.crt")
    .option("--ca-fingerprint <sha256>", "the same, known by its fingerprint only")
    .option("--token-file <file>", "file with your token, or - for standard input")
    .option("-n, --namespace <namespace>", "namespace of commands that name none")
    .option("--print-kubeconfig", "print a kubeconfig for kubectl, and save nothing")
    .addHelpText(
      "after",
      `
On the machine of the control plane nothing has to be given: who may read its state directory is its administrator.
  landbridge login --print-kubeconfig > kubeconfig     for kubectl
  landbridge login --server https://edge.example.com:7443 --ca ca.crt --token-file token`,
    )
    .action((options: LoginOptions, self: Command) => login(options, self));
}

async function login(options: LoginOptions, self: Command): Promise<void> {
  const wanted = await wantedConnection(options, self);
  if ("problem" in wanted) return failWith(wanted.problem);
  const { namespace = wanted.value.namespace } = options;
  const connection = { ...wanted.value, namespace };
  const api = await connectTo(connection);
  const me = await selfOf(api);
  api.close();
  if ("problem" in me) return failWith(me.problem);
  const [{ kubeconfigText }, { saveLogin, savedLoginPath }] = await Promise.all([
    import("../client/kubeconfig.ts"),
    import("../client/saved-login.ts"),
  ]);
  const kubeconfig = kubeconfigText({ ...connection, user: me.value.username });
  if (options.printKubeconfig) return print(kubeconfig);
  const problem = saveLogin(process.env, kubeconfig);
  if (problem) return failWith(problem);
  print(`Logged in at ${connection.url} as ${selfText(me.value)}.`);
  printError(`Saved in ${savedLoginPath(process.env)}; \`landbridge logout\` forgets it.`);
  if (connection.caPem !== undefined) {
    // What an administrator gives to others together with their tokens.
    const { fingerprintOf } = await import("../client/authority-by-fingerprint.ts");
    printError(`The API's authority is known by --ca-fingerprint ${fingerprintOf(connection.caPem)}`);
  }
}

async function wantedConnection(options: LoginOptions, self: Command): Promise<Answer<Connection>> {
  const { server, ca, caFingerprint, tokenFile, printKubeconfig } = options;
  if (server === undefined) {
    const stray = ca ?? caFingerprint ?? tokenFile;
    if (stray !== undefined) self.error("error: --ca, --ca-fingerprint and --token-file need --server");
    // To be printed, any connection will do; to be saved, one that isn't saved already.
    const found = await (printKubeconfig ? connectionOf(self) : unsavedConnectionOf(self));
    return "problem" in found ? found : { value: found.value.connection };
  }
  if (tokenFile === undefined) self.error("error: --server needs --token-file");
  if (ca !== undefined && caFingerprint !== undefined)
    self.error("error: --ca and --ca-fingerprint are two ways to say the same");
  const authority = await authorityOf(server, options);
  if ("problem" in authority) return authority;
  const token = await readToken(tokenFile);
  if ("problem" in token) return token;
  return { value: { url: server, caPem: authority.value, token: token.value } };
}

async function authorityOf(server: string, { ca, caFingerprint }: LoginOptions): Promise<Answer<string | undefined>> {
  if (ca !== undefined) return readText(ca);
  if (caFingerprint === undefined) return { value: undefined };
  const { authorityByFingerprint, parseFingerprint } = await import("../client/authority-by-fingerprint.ts");
  const fingerprint = parseFingerprint(caFingerprint);
  if (fingerprint === undefined)
    return { problem: cliProblem("LB6229", `${caFingerprint} is no SHA-256 fingerprint: 64 hexadecimal digits`) };
  return authorityByFingerprint(server, fingerprint);
}

async function readToken(file: string): Promise<Answer<string>> {
  const read = file === "-" ? { value: await text(process.stdin) } : readText(file);
  if ("problem" in read) return read;
  const token = read.value.trim();
  if (/^\S+$/.test(token)) return { value: token };
  return { problem: cliProblem("LB6229", `${file === "-" ? "standard input" : file} holds no token`) };
}

function readText(file: string): Answer<string> {
  try {
    return { value: readFileSync(file, "utf8") };
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    return { problem: cliProblem("LB6229", `${file}: ${error.message}`) };
  }
}

function httpsUrl(words: string): string {
  const url = URL.parse(words);
  if (url?.protocol !== "https:") throw new InvalidArgumentError("Give an https URL: https://edge.example.com:7443");
  return words.replace(/\/+$/, "");
}
