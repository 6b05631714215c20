/** Rules between the fields of Service and EndpointSlice (Kubernetes API validation). */
import { isIPv4, isIPv6 } from "node:net";
import type { EndpointSlice } from "./endpoint-slice.ts";
import type { Finding } from "./mistake.ts";
import { repeated, repeatedNames } from "./repeated.ts";
import type { Service } from "./service.ts";

export function checkService({ ports }: Service["spec"]): readonly Finding[] {
  const path = ["spec", "ports"];
  const unnamed = ports.length > 1 ? ports.findIndex(({ name }) => name === undefined) : -1;
  return [
    ...repeatedNames(ports, path, "the port"),
    ...repeated(
      ports,
      ({ port, protocol }) => `${port}/${protocol}`,
      path,
      ({ port }) => ({ code: "LB1301", message: `port ${port} is in the list twice`, hint: "Take one out." }),
      "port",
    ),
    ...(unnamed < 0
      ? []
      : [
          {
            code: "LB1330" as const,
            message: "a Service with several ports needs a name for each",
            hint: "Add a name, such as http.",
            path: [...path, unnamed],
          },
        ]),
  ];
}

export function checkEndpointSlice({ addressType, endpoints }: EndpointSlice): readonly Finding[] {
  if (addressType === "FQDN") return [];
  const fits = addressType === "IPv4" ? isIPv4 : isIPv6;
  return endpoints.flatMap(({ addresses }, index) =>
    addresses.flatMap((address, place) =>
      fits(address)
        ? []
        : [
            {
              code: "LB1331" as const,
              message: `${JSON.stringify(address.slice(0, 60))} isn't an ${addressType} address`,
              hint: "Correct the address, or put it in a slice of its own addressType.",
              path: ["endpoints", index, "addresses", place],
            },
          ],
    ),
  );
}
