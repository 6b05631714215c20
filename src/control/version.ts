import packageJson from "../../package.json" with { type: "json" };

export const VERSION: string = packageJson.version;

/** The version of Kubernetes' API conventions that clients may count on; kubectl compares it with its own. */
const KUBERNETES = { major: "1", minor: "36" };

/** GET /version */
export function versionDocument(): unknown {
  return {
    ...KUBERNETES,
    gitVersion: `v${KUBERNETES.major}.${KUBERNETES.minor}.0+landbridge-${VERSION}`,
    gitCommit: "",
    gitTreeState: "clean",
    buildDate: "1970-01-01T00:00:00Z",
    goVersion: "",
    compiler: "",
    platform: `${process.platform}/${process.arch === "x64" ? "amd64" : process.arch}`,
  };
}
