import Type, { type Static } from 'typebox';

/** The one shape of every error answer. `code` is stable and stands in docs/errors.md; texts may change. */
export const ErrorBody = Type.Object({
  error: Type.Object({
    code: Type.String(),
    /** What happened. */
    message: Type.String(),
    /** What to do. */
    hint: Type.Optional(Type.String()),
    /** `problems` of a request by path, or the `reason` of a refusal. */
    details: Type.Optional(Type.Unknown()),
    /** What to tell the operator: the same id stands in the log. */
    requestId: Type.String(),
  }),
});
export type ErrorBody = Static<typeof ErrorBody>;
