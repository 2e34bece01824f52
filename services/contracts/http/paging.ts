import Type, { type TSchema } from 'typebox';
import { Nullable } from './scalars.ts';

/** Lists go from the newest to the oldest. */
export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  /** `next` of the page before: what comes after it. */
  after: Type.Optional(Type.String({ pattern: '^\\d{1,15}_[0-9a-f-]{36}$' })),
};

export const PageOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next: Nullable(Type.String()) });
