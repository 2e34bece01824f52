import Type, { type Static, type TSchema } from 'typebox';
import { Uuid } from '../scalars.ts';

/** How lists of the register are asked for; an account of one community sees only that one anyway. */
export const ListQuery = Type.Object({
  community: Type.Optional(Uuid),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
});
export type ListQuery = Static<typeof ListQuery>;

export const ListOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), total: Type.Integer() });
export type List<T> = { items: T[]; total: number };

export const IdParams = Type.Object({ id: Uuid });
