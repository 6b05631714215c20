/** A control plane reduced to its supervisor, to be killed: supervise-envoy.ts <directory> <bootstrap>. Sends Envoy's pid. */
import { envoyForTests, runEnvoy } from "./supervised-envoy.ts";

const [directory = "", bootstrap = "{}"] = process.argv.slice(2);
const { state } = await runEnvoy(await envoyForTests(), directory, JSON.parse(bootstrap));
if (state.kind === "running") process.send?.(state.pid);
