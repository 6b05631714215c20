/** People of a company on one API: a viewer, two teams with a namespace each, an operator, an admin, and strangers. */

import type { ControlPlaneOptions } from "../../src/control/control-plane.ts";
import { ApiClient } from "./api-client.ts";
import { ApiEstate, type ApiUser } from "./api-estate.ts";
import type { Manifest } from "./api-objects.ts";
import { manifest, ObjectRequests, route, secret, service } from "./api-objects.ts";

const RBAC = "rbac.authorization.k8s.io";

export const NAMES = ["viewer", "shop", "pay", "operator", "admin"] as const;
export type PersonName = (typeof NAMES)[number];

/** In every Secret of the estate; whoever isn't to read Secrets must not see it in any form. */
export const SECRET_VALUE = "s3cr3t-of-the-estate";

export interface Person extends ApiUser {
  readonly objects: ObjectRequests;
}

export class TeamEstate implements AsyncDisposable {
  readonly estate: ApiEstate;
  /** As the bootstrap admin. */
  readonly objects: ObjectRequests;
  readonly #people = new Map<PersonName, Person>();

  private constructor(estate: ApiEstate) {
    this.estate = estate;
    this.objects = requestsOf(estate.admin.client);
  }

  /** Each of namespaces shop and pay has a Service web, an HTTPRoute front and a Secret key; the teams are named like them. */
  static async start(options?: Partial<ControlPlaneOptions>): Promise<TeamEstate> {
    const estate = await ApiEstate.start({}, options);
    const teams = new TeamEstate(estate);
    for (const namespace of ["shop", "pay", "infra"]) await teams.objects.make(manifest("Namespace", "", namespace));
    for (const namespace of ["shop", "pay"]) {
      await teams.objects.make(service(namespace, "web"));
      await teams.objects.make(
        route(namespace, { name: "front", labels: { of: namespace } }, `${namespace}.example.com`),
      );
      await teams.objects.make(secret(namespace, "key", { password: SECRET_VALUE }));
      await teams.objects.make(
        bindingTo("RoleBinding", namespace, "team", "ClusterRole", "landbridge:team", namespace),
      );
    }
    for (const name of ["viewer", "operator", "admin"]) await teams.bindEverywhere(name, `landbridge:${name}`);
    for (const name of NAMES) teams.#people.set(name, await teams.personNamed(name));
    return teams;
  }

  person(name: PersonName): Person {
    const person = this.#people.get(name);
    if (!person) throw new Error(`${name} isn't there`);
    return person;
  }

  /** Somebody new, who may nothing beyond what bindings to the name give. */
  async personNamed(name: string, groups: readonly string[] = []): Promise<Person> {
    const user = await this.estate.kubeconfigFor(name, groups);
    return { ...user, objects: requestsOf(user.client) };
  }

  /** Requests with some token, or none. */
  withToken(token: string): Disposable & { readonly client: ApiClient; readonly objects: ObjectRequests } {
    const client = new ApiClient(this.estate.endpoint, token);
    return { client, objects: requestsOf(client), [Symbol.dispose]: () => client[Symbol.dispose]() };
  }

  async bindEverywhere(user: string, role: string): Promise<void> {
    await this.objects.make(bindingTo("ClusterRoleBinding", "", user, "ClusterRole", role, user));
  }

  /** Gives a user rules in a namespace, by a Role and a RoleBinding of that name. */
  async give(user: string, namespace: string, name: string, rules: readonly object[]): Promise<void> {
    await this.objects.make(manifest("Role", namespace, name, { rules }));
    await this.objects.make(bindingTo("RoleBinding", namespace, name, "Role", name, user));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.estate[Symbol.asyncDispose]();
  }
}

export function bindingTo(
  kind: "RoleBinding" | "ClusterRoleBinding",
  namespace: string,
  name: string,
  roleKind: "Role" | "ClusterRole",
  role: string,
  user: string,
): Manifest {
  return manifest(kind, namespace, name, {
    subjects: [{ kind: "User", apiGroup: RBAC, name: user }],
    roleRef: { kind: roleKind, apiGroup: RBAC, name: role },
  });
}

function requestsOf(client: ApiClient): ObjectRequests {
  return new ObjectRequests((path, init) => client.fetch(path, init));
}
