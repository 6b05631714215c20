/** Event of core/v1. Only the API has Events: files can't hold them, so the kind isn't in the table of kinds.ts. */
import * as z from "zod";
import { coreObjectReference } from "./core-object-reference.ts";
import { defineKind } from "./kind-definition.ts";
import { timestampField } from "./timestamp.ts";

const count = () => z.int().min(0).max(2_147_483_647);

const schema = z.strictObject({
  involvedObject: coreObjectReference.describe("The object that the event is about."),
  reason: z.string().max(128).optional().describe("Why, as one word for programs, such as Refused."),
  message: z.string().optional().describe("What happened, as a sentence for people."),
  source: z
    .strictObject({
      component: z.string().optional().describe("The part that reports."),
      host: z.string().optional().describe("The machine that it runs on."),
    })
    .optional()
    .describe("Who reports; reportingComponent is the newer form."),
  firstTimestamp: timestampField().optional().describe("When it happened first."),
  lastTimestamp: timestampField().optional().describe("When it happened last."),
  count: count().optional().describe("How often it happened."),
  type: z.string().optional().describe("Normal or Warning."),
  eventTime: timestampField().optional().describe("When it happened first, to the microsecond."),
  series: z
    .strictObject({
      count: count().optional().describe("How often it happened so far."),
      lastObservedTime: timestampField().optional().describe("When it happened last."),
    })
    .optional()
    .describe("How often it repeats; absent for what happened once."),
  action: z.string().max(128).optional().describe("What was done about the object."),
  related: coreObjectReference.optional().describe("A second object that has to do with it."),
  reportingComponent: z.string().optional().describe("Name of the controller that reports."),
  reportingInstance: z.string().max(128).optional().describe("Which of its instances."),
});

export const eventKind = defineKind({
  kind: "Event",
  plural: "events",
  singular: "event",
  shortNames: ["ev"],
  group: "",
  versions: ["v1"],
  namespaced: true,
  nameRule: "subdomain",
  description: "Something that happened to an object. Events are kept for a while only.",
  schema,
});
