import type { X509Certificate } from "node:crypto";
import type { PeerCertificate } from "node:tls";
import { AUTHENTICATED_GROUP, type User } from "./user.ts";

/**
 * The user of a client certificate, as in Kubernetes: its common name, with its organizations as groups. undefined when it
 * names none, or several. TLS must have verified it before: of a server that only asks, `socket.authorized` has to be true.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates
 */
export function userOfCertificate(peer: X509Certificate | PeerCertificate): User | undefined {
  // The text form of a subject can't tell a line end in a name from the next name; the object can.
  const { subject, valid_to, serialNumber } = "toLegacyObject" in peer ? peer.toLegacyObject() : peer;
  // getPeerCertificate() returns an empty object when the client showed none.
  const [name, ...others] = list(subject?.CN);
  if (!name || others.length > 0) return undefined;
  return {
    name,
    groups: [...new Set([...list(subject.O), AUTHENTICATED_GROUP])],
    credential: { kind: "certificate", serial: serialNumber.toLowerCase(), expires: Date.parse(valid_to) },
  };
}

/** One value comes as it is, several as a list. */
function list(values: string | readonly string[] | undefined): readonly string[] {
  if (values === undefined) return [];
  return typeof values === "string" ? [values] : values;
}
