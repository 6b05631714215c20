/** Pages about the running control plane, for those who have the right to their paths: below /landbridge/v1/. */

import { randomUUID } from "node:crypto";
import { createReadStream, rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { ZodError, z } from "zod";
import type { ApiAuthority } from "../../access/api-authority.ts";
import type { AccessPolicy } from "../../access/rbac/access-policy.ts";
import { missingToIssue } from "../../access/rbac/escalation.ts";
import { redact } from "../../lib/redact.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Store } from "../../storage/store.ts";
import type { AuditTrail } from "../audit/audit-trail.ts";
import type { ControlView } from "../local/control-view.ts";
import { ROUTES } from "../local/routes.ts";
import { readParsedBody } from "../server/requests.ts";
import { badRequest, forbidden, serviceUnavailable } from "../status/failures.ts";
import type { PathAnswer, PathCall, PathRoutes } from "./path-route.ts";
import { planRoute } from "./plan-route.ts";

export interface ControlRoutesParts {
  readonly view: ControlView;
  readonly registry: Registry;
  readonly store: Store;
  readonly authority: ApiAuthority;
  readonly policy: AccessPolicy;
  readonly audit: AuditTrail;
  /** Where a backup is written before it is sent. */
  readonly stateDir: string;
}

const auditQuery = z.object({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(500),
});

const certificateRequest = z.strictObject({
  user: z.string().min(1),
  groups: z.array(z.string()).default([]),
  days: z.number().positive().optional(),
});

export function controlRoutes(parts: ControlRoutesParts): PathRoutes {
  const { view, store } = parts;
  const views = Object.entries(ROUTES).map(
    ([name, route]) =>
      [
        name.replace(/^(\w+) /, (method) => method.toLowerCase()).replace(" /v1/", " /landbridge/v1/"),
        async ({ request, query }: PathCall): Promise<PathAnswer> => {
          try {
            const posted = request.method === "POST" ? await readParsedBody(request) : { value: undefined };
            if ("failure" in posted) return { kind: "failure", status: posted.failure };
            const body = posted.value?.value;
            return { kind: "json", value: redact(route(view, { query: Object.fromEntries(query), body })) ?? null };
          } catch (error) {
            if (!(error instanceof ZodError)) throw error;
            return { kind: "failure", status: badRequest(z.prettifyError(error)) };
          }
        },
      ] as const,
  );
  return new Map([
    ...views,
    ["get /landbridge/v1/audit", (call: PathCall) => auditPage(store, call)],
    ["get /landbridge/v1/audit/verify", async () => ({ kind: "json", value: await store.journal.verify() }) as const],
    ["get /landbridge/v1/backup", (call: PathCall) => backup(parts, call)],
    ["post /landbridge/v1/plan", (call: PathCall) => planRoute(parts, call)],
    ["post /landbridge/v1/certificates", (call: PathCall) => issueCertificate(parts, call)],
  ]);
}

async function auditPage(store: Store, { query }: PathCall): Promise<PathAnswer> {
  const page = auditQuery.safeParse(Object.fromEntries(query));
  if (!page.success) return { kind: "failure", status: badRequest(z.prettifyError(page.error)) };
  return { kind: "json", value: await store.journal.read(page.data.after, page.data.limit) };
}

/** The whole store as a file. Secrets in it stay sealed; the key isn't part of it. */
async function backup({ store, stateDir, audit }: ControlRoutesParts, { requester }: PathCall): Promise<PathAnswer> {
  const path = join(stateDir, "store", `.backup-${randomUUID()}`);
  const problem = await store.backup(path);
  if (problem) {
    rmSync(path, { force: true });
    return { kind: "failure", status: serviceUnavailable(`${problem.message} (${problem.code})`) };
  }
  await audit.decided(requester, "a backup of the store was taken");
  return {
    kind: "stream",
    write: async (response) => {
      try {
        const { size } = await stat(path);
        response.writeHead(200, { "content-type": "application/vnd.sqlite3", "content-length": size });
        await pipeline(createReadStream(path), response);
      } catch (error) {
        // The client went away in the middle.
        if (!response.destroyed) throw error;
      } finally {
        rmSync(path, { force: true });
      }
    },
  };
}

/** A client certificate for oneself, or for somebody whom one may impersonate. */
async function issueCertificate(
  { authority, policy, audit }: ControlRoutesParts,
  { user, requester, request }: PathCall,
): Promise<PathAnswer> {
  const posted = await readParsedBody(request);
  if ("failure" in posted) return { kind: "failure", status: posted.failure };
  const wanted = certificateRequest.safeParse(posted.value?.value);
  if (!wanted.success) return { kind: "failure", status: badRequest(z.prettifyError(wanted.error)) };
  const missing = missingToIssue(policy, user, wanted.data);
  if (missing.length > 0) {
    const why = `user ${JSON.stringify(user.name)} may not issue it: ${missing.join("; ")}`;
    return { kind: "failure", status: forbidden({ group: "", resource: "" }, "", why) };
  }
  const issued = await authority.issueClient(wanted.data);
  if ("problem" in issued) return { kind: "failure", status: badRequest(issued.problem.message) };
  const until = new Date(issued.notAfter).toISOString();
  await audit.decided(requester, "a client certificate was issued", {
    for: wanted.data.user,
    groups: wanted.data.groups,
    until,
  });
  return {
    kind: "json",
    value: { certificate: issued.certPem, key: issued.keyPem, caCertificate: authority.caPem, until },
  };
}
