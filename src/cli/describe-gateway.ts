import type { GatewayAddress } from "../client/local-types.ts";
import { at, list, text } from "../lib/fields.ts";
import type { ObjectKey } from "../model/keys.ts";
import { keyOf } from "../model/metadata.ts";
import type { ObjectReader, ReadObject } from "./object-reader.ts";
import { conditionTable, FOR_OPERATORS, notShown, section } from "./sections.ts";
import { table } from "./table.ts";

/** The listeners of a Gateway with what is attached, its addresses, and its proxies. */
export async function describeGateway(reader: ObjectReader, object: ReadObject): Promise<string[]> {
  const key = keyOf(object.resource);
  const addresses = (await addressesOf(reader)).filter(({ gateway }) => gateway === key);
  const statuses = object.status?.listeners ?? [];
  const rows = list(at(object.resource, "spec", "listeners")).map((listener) => {
    const name = text(at(listener, "name"));
    return [
      name,
      text(at(listener, "protocol")),
      text(at(listener, "port")),
      text(at(listener, "hostname")) || "*",
      String(statuses.find((status) => status.name === name)?.attachedRoutes ?? 0),
      addresses.find((address) => address.listener === name)?.url ?? "",
    ];
  });
  return [
    section("Listeners", table(["NAME", "PROTOCOL", "PORT", "HOSTNAME", "ROUTES", "URL"], rows)),
    ...statuses.map(({ name, conditions }) => section(`Listener ${name}`, conditionTable(conditions))),
    section("Proxies", await proxiesText(reader, key)),
  ];
}

async function addressesOf(reader: ObjectReader): Promise<readonly GatewayAddress[]> {
  if (!(await reader.may({ path: "/landbridge/v1/info" }))) return [];
  const info = await reader.pages.info();
  return "value" in info ? info.value.gateways : [];
}

async function proxiesText(reader: ObjectReader, key: ObjectKey): Promise<string> {
  if (!(await reader.may({ path: "/landbridge/v1/proxies" }))) return FOR_OPERATORS;
  const proxies = await reader.pages.proxies();
  if ("problem" in proxies) return notShown(proxies.problem);
  const rows = proxies.value
    .filter(({ gateway }) => gateway === key)
    .map(({ instance, inSync, refused }) => [instance, inSync ? "yes" : "no", String(refused.length)]);
  return rows.length === 0 ? "<none connected>" : table(["NAME", "IN SYNC", "REFUSED"], rows);
}
