/** What stops the set-up and what the user can do about it: printed as it is, without a stack. */
export class SetUpFailure extends Error {}
