import { type Check, programCheck } from "../checks/check.ts";
import { layersCheck } from "../checks/layers-check.ts";
import { lockFile } from "../checks/lock-file.ts";
import { portableText } from "../checks/portable-text.ts";
import { problemsPage } from "../checks/problems-page.ts";

/** What `npm test` checks before it runs any test, quickest first. */
export const checks: readonly Check[] = [
  lockFile,
  portableText,
  layersCheck,
  problemsPage,
  programCheck("types", "tsc", ["--project", ".", "--pretty", "false"]),
  // Set-up is plain JavaScript, with its types in comments.
  programCheck("types of set-up", "tsc", ["--project", "scripts/setup", "--pretty", "false"]),
  programCheck("lint and format", "biome", ["check", "--error-on-warnings", "."]),
  programCheck("unused code and dependencies", "knip", ["--no-progress", "--no-config-hints"]),
];
