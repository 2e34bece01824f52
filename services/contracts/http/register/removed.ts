import Type, { type Static } from 'typebox';
import { Instant, Nullable, Uuid } from '../scalars.ts';
import { PersonKind } from './person.ts';

const removal = {
  id: Uuid,
  removedAt: Instant,
  /** Null for a program, and for what was removed before changes were kept. */
  removedBy: Nullable(Type.String()),
  /** From when on it may be erased, and is in the night after. */
  eraseFrom: Instant,
};

/** What was taken out of a community's register and can come back, the latest first. */
export const RemovedView = Type.Object({
  /** Whether whoever asks may erase what is due; an administrator may. */
  mayErase: Type.Boolean(),
  homes: Type.Array(
    Type.Object({
      ...removal,
      code: Type.String(),
      salutation: Type.String(),
      building: Type.String(),
      unit: Nullable(Type.String()),
      floor: Nullable(Type.Integer()),
      room: Type.String(),
    }),
  ),
  /** Of homes that are still in the register. */
  residents: Type.Array(
    Type.Object({ ...removal, name: Type.String(), householdId: Uuid, code: Type.String() }),
  ),
  people: Type.Array(
    Type.Object({ ...removal, name: Type.String(), kind: PersonKind, phone: Type.String() }),
  ),
});
export type RemovedView = Static<typeof RemovedView>;

/** What came back with it, and what stayed away because somebody else has taken its place since. */
export const RestoredView = Type.Object({ restored: Type.Integer(), left: Type.Integer() });
export type RestoredView = Static<typeof RestoredView>;
