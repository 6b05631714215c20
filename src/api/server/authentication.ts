/** Who a request is from: a token in its header, or a client certificate of the connection. */
import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { type Authenticator, UNAUTHORIZED } from "../../access/authenticate.ts";
import { userOfCertificate } from "../../access/certificate-user.ts";
import type { User } from "../../access/user.ts";
import { bearerToken } from "./requests.ts";

export interface Refused {
  /** For the client. */
  readonly message: string;
  /** For the journal. */
  readonly reason: string;
}

/** A token counts before a certificate, as in Kubernetes; a bad token isn't helped by a good certificate. */
export function authenticate(request: IncomingMessage, authenticator: Authenticator): User | Refused {
  if (request.headers.authorization !== undefined) {
    const token = bearerToken(request);
    if (token === undefined) return { message: UNAUTHORIZED, reason: "the Authorization header has no bearer token" };
    const found = authenticator.authenticateToken(token);
    return "refused" in found ? { message: UNAUTHORIZED, reason: found.detail } : found;
  }
  const { socket } = request;
  if (!(socket instanceof TLSSocket)) return { message: UNAUTHORIZED, reason: "the connection isn't TLS" };
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return { message: "Unauthorized", reason: "no credential" };
  // Asked for, not required: TLS has let a certificate of any authority pass.
  if (!socket.authorized) return { message: UNAUTHORIZED, reason: `client certificate: ${socket.authorizationError}` };
  const user = userOfCertificate(certificate);
  if (!user) return { message: UNAUTHORIZED, reason: "the client certificate names no user" };
  if (Number(user.credential.kind === "certificate" && user.credential.expires) <= Date.now())
    return { message: UNAUTHORIZED, reason: "the client certificate has expired" };
  return user;
}
