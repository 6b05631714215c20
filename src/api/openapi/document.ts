/** One OpenAPI 3.0 document for each version of a group, as kubectl reads them. */
import packageJson from "../../../package.json" with { type: "json" };
import { API_KINDS } from "../../model/api-kinds.ts";
import { type JsonSchema, jsonSchemaOf } from "../../model/json-schema.ts";
import { object, text, typed } from "../../model/json-schema-parts.ts";
import type { KindDefinition } from "../../model/kind-definition.ts";
import { takesStrategicPatch } from "../resources/subresources.ts";
import { REVIEWS, type ReviewDefinition } from "../reviews/definitions.ts";
import { withListExtensions } from "./list-extensions.ts";
import { metaSchemas } from "./meta-schemas.ts";
import type { OpenApiDocument, PathItem, Paths } from "./openapi-types.ts";
import { FAILURE, json, operation } from "./operations.ts";
import { resourcePaths } from "./resource-paths.ts";
import { reviewSchema } from "./review-schemas.ts";
import { kindRef, metaRef, operationScope, schemaName } from "./schema-names.ts";

export interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/** By the name that the documents have in URLs: "api/v1", "apis/landbridge.dev/v1alpha1". */
export const GROUP_VERSIONS: ReadonlyMap<string, GroupVersion> = new Map(
  [...API_KINDS, ...REVIEWS].flatMap(({ group, versions }) =>
    versions.map((version) => [pathOf({ group, version }), { group, version }] as const),
  ),
);

function pathOf({ group, version }: GroupVersion): string {
  return group === "" ? `api/${version}` : `apis/${group}/${version}`;
}

export function buildDocument(groupVersion: GroupVersion): OpenApiDocument {
  const { group, version } = groupVersion;
  const root = `/${pathOf(groupVersion)}`;
  const isHere = (entry: KindDefinition | ReviewDefinition) =>
    entry.group === group && entry.versions.includes(version);
  const kinds = API_KINDS.filter(isHere);
  const reviews = REVIEWS.filter(isHere);
  const schemas = [
    ...sharedSchemas(),
    ...kinds.flatMap((definition) => kindSchemas(definition, version)),
    ...reviews.map((review): NamedSchema => [schemaName(group, version, review.kind), reviewSchema(review, version)]),
  ];
  const paths: Paths = Object.assign(
    { [root]: discoveryPath(groupVersion) },
    ...kinds.map((definition) => resourcePaths(root, definition, version)),
    ...reviews.map((review) => ({ [`${root}/${review.plural}`]: reviewPath(review, version) })),
  );
  return {
    openapi: "3.0.0",
    info: { title: "Landbridge", version: packageJson.version },
    paths,
    components: {
      schemas: Object.fromEntries(schemas),
      securitySchemes: {
        BearerToken: { type: "http", scheme: "bearer", description: "The secret of an AccessToken." },
      },
    },
    security: [{ BearerToken: [] }],
  };
}

type NamedSchema = readonly [string, JsonSchema];

let shared: readonly NamedSchema[] | undefined;

/** The same in every document, and made once. */
function sharedSchemas(): readonly NamedSchema[] {
  shared ??= Object.entries(metaSchemas());
  return shared;
}

function kindSchemas(definition: KindDefinition, version: string): NamedSchema[] {
  const { group, kind } = definition;
  const own = jsonSchemaOf(definition, version);
  const list = object(
    `Objects of kind ${kind}.`,
    {
      apiVersion: text("Version of the API."),
      kind: text(`Kind of the list: ${kind}List.`),
      metadata: { allOf: [metaRef("ListMeta")], description: "What all lists have." },
      items: { type: "array", description: "The objects.", items: kindRef(definition, version) },
    },
    ["items"],
  );
  return [
    [schemaName(group, version, kind), takesStrategicPatch(definition) ? withListExtensions(kind, own) : own],
    [schemaName(group, version, `${kind}List`), typed({ group, version, kind: `${kind}List` }, list)],
  ];
}

function discoveryPath({ group, version }: GroupVersion): PathItem {
  return {
    get: {
      tags: [`${group === "" ? "core" : group}_${version}`],
      description: "Says which resources there are.",
      operationId: `get${operationScope(group, version)}APIResources`,
      responses: {
        200: { description: "The resources.", content: json(metaRef("APIResourceList")) },
        default: FAILURE,
      },
    },
  };
}

function reviewPath(review: ReviewDefinition, version: string): PathItem {
  return { post: operation("post", { definition: { ...review, namespaced: false }, version }) };
}
