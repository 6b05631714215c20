// Says where src/ breaks layers.json. `npm test` runs it too.
import { layersCheck } from "./checks/layers-check.ts";

const complaints = await layersCheck.run();
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length > 0 ? 1 : 0;
