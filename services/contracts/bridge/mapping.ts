import { type Static, Type } from 'typebox';

/** A JSON pointer (RFC 6901) into what is mapped, such as `/decoded/door`. */
const Pointer = Type.String({ maxLength: 200, pattern: '^(?:/[^/]{0,100}){1,8}$' });
const Value = Type.Union([Type.String({ maxLength: 64 }), Type.Number(), Type.Boolean()]);
const Values = Type.Array(Value, { minItems: 1, maxItems: 8 });
const exact = { additionalProperties: false };

/** How JSON that somebody else shaped becomes what we know of a curtain. What no rule names is ignored. */
export const Mapping = Type.Object(
  {
    /** Which device it is about; needed where the transport does not say it. */
    address: Type.Optional(Type.Object({ path: Pointer }, exact)),
    /** A value in neither list says nothing of the curtain. */
    contact: Type.Optional(Type.Object({ path: Pointer, open: Values, closed: Values }, exact)),
    /** Percent; `inverted` where 100 means closed. */
    position: Type.Optional(Type.Object({ path: Pointer, inverted: Type.Optional(Type.Boolean()) }, exact)),
    battery: Type.Optional(
      Type.Object(
        {
          path: Pointer,
          unit: Type.Union([Type.Literal('percent'), Type.Literal('volts'), Type.Literal('millivolts')]),
        },
        exact,
      ),
    ),
    tamper: Type.Optional(Type.Object({ path: Pointer, when: Values }, exact)),
    openings: Type.Optional(Type.Object({ path: Pointer }, exact)),
    at: Type.Optional(
      Type.Object(
        {
          path: Pointer,
          unit: Type.Union([Type.Literal('rfc3339'), Type.Literal('seconds'), Type.Literal('milliseconds')]),
        },
        exact,
      ),
    ),
    /** What is the same where a message is sent twice. */
    once: Type.Optional(Type.Object({ path: Pointer }, exact)),
  },
  exact,
);
export type Mapping = Static<typeof Mapping>;
