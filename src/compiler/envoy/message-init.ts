import type { DescMessage, MessageInitShape, MessageShape } from "@bufbuild/protobuf";

/** What a message is made from, as a plain object: unlike MessageInitShape it can be spread and put together. */
export type Init<Schema extends DescMessage> = Exclude<MessageInitShape<Schema>, MessageShape<Schema>>;
