import type { ProblemDescription } from "../model/problem.ts";

/** Problems that follow from how objects fit together. */
export const COMPILER_PROBLEMS: Readonly<Record<string, ProblemDescription>> = {
  LB2001: {
    title: "A reference names something that doesn't exist",
    meaning:
      "A backend, Platform, Gateway, GatewayClass or Secret isn't there. Requests that need it get 500 (a missing backend) or 503 (a missing Platform).",
    wayOut: "Create what is named, or correct the name or namespace in the reference.",
  },
  LB2002: {
    title: "A reference to another namespace isn't allowed",
    meaning: "References across namespaces need the consent of the target's namespace. Requests that need it get 500.",
    wayOut:
      "Create a ReferenceGrant in the target's namespace that names the kind and namespace of the object that refers.",
  },
  LB2003: {
    title: "A certificate can't be used",
    meaning:
      "The Secret is missing, of the wrong type, or its certificate and key don't fit. A listener without any usable certificate isn't opened; a leg without its certificates gets no traffic. If a Secret that changes held a certificate that serves, that one keeps serving.",
    wayOut: "Put a PEM certificate chain and its unencrypted key into a Secret of type kubernetes.io/tls.",
  },
  LB2004: {
    title: "A route doesn't attach to its Gateway",
    meaning:
      "No listener of the Gateway takes the route: by name, port, namespace, kind or hostname. The route serves nothing there.",
    wayOut: "Compare parentRefs and hostnames of the route with the Gateway's listeners and their allowedRoutes.",
  },
  LB2005: {
    title: "Something is asked for that isn't supported here",
    meaning:
      "The value is legal in the specification but can't be had from this implementation. It is not silently ignored: what depends on it is refused.",
    wayOut: "Take the alternative that the message names.",
  },
  LB2006: {
    title: "Two listeners of a Gateway collide",
    meaning:
      "They share a port, but have different protocols. None of them serves: the specification allows no winner.",
    wayOut: "Give one of them another port.",
  },
  LB2007: {
    title: "A certificate has expired, or will soon",
    meaning: "Clients refuse an expired certificate. If the Secret held a valid one before, that one keeps serving.",
    wayOut: "Renew the certificate and replace the Secret.",
  },
  LB2008: {
    title: "A defect in the compiler",
    meaning:
      "A part of the configuration couldn't be translated because of a mistake in Landbridge itself. What it touches keeps its last good form; everything else goes on.",
    wayOut: "Report it with the message and the object; changing the object back helps meanwhile.",
  },
  LB2009: {
    title: "There is no certificate authority to trust",
    meaning:
      "A backend with TLS names no authorities of its own, and the system that Landbridge runs on has none. Its certificate can't be verified, so it gets no traffic.",
    wayOut:
      "Set the backend's tls.caCertificateRef, or install the system's certificate authorities and start Landbridge again.",
  },
};

/** Which code a condition's reason becomes when it is shown as a Problem. */
export const CODE_OF_REASON: Readonly<Record<string, string>> = {
  BackendNotFound: "LB2001",
  PlatformNotFound: "LB2001",
  Invalid: "LB2001",
  NoMatchingParent: "LB2004",
  NotAllowedByListeners: "LB2004",
  NoMatchingListenerHostname: "LB2004",
  RefNotPermitted: "LB2002",
  InvalidCertificateRef: "LB2003",
  InvalidKind: "LB2005",
  InvalidRouteKinds: "LB2005",
  UnsupportedProtocol: "LB2005",
  UnsupportedValue: "LB2005",
  UnsupportedAddress: "LB2005",
  InvalidParameters: "LB2005",
  ProtocolConflict: "LB2006",
  NoSystemTrust: "LB2009",
};
