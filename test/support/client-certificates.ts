/** Clients of the resource API that say who they are by a certificate. */
import type { ApiEndpoint } from "../../src/control/resource-api.ts";
import { ApiClient } from "./api-client.ts";

/** PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateOrder {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly days: number;
}

/** Throws when it is refused. */
export async function issueCertificate(client: ApiClient, order: CertificateOrder): Promise<IssuedCertificate> {
  const answer = await client.fetch("/landbridge/v1/certificates", { method: "POST", json: order });
  const { certificate, key } = answer.json();
  if (typeof certificate !== "string" || typeof key !== "string") throw new Error(answer.text);
  return { certificate, key };
}

/** Sends no token. */
export function clientWithCertificate(endpoint: ApiEndpoint, { certificate, key }: IssuedCertificate): ApiClient {
  return new ApiClient(endpoint, null, { cert: certificate, key });
}
