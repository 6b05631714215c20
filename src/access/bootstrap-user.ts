import { MASTERS_GROUP } from "./rbac/access-policy.ts";
import { AUTHENTICATED_GROUP, type User } from "./user.ts";

/** Who the credential of the first start stands for. */
export const BOOTSTRAP_USER: User = {
  name: "landbridge:bootstrap-admin",
  groups: [MASTERS_GROUP, AUTHENTICATED_GROUP],
  credential: { kind: "bootstrap" },
};
