import Type, { type Static } from 'typebox';
import { Uuid } from '../scalars.ts';

const Name = Type.String({ minLength: 1, maxLength: 20, pattern: '\\S' });

export const GridDraft = Type.Object({ communityId: Uuid, name: Name }, { additionalProperties: false });
export type GridDraft = Static<typeof GridDraft>;

export const GridPatch = Type.Object({ name: Name }, { additionalProperties: false });

export const GridView = Type.Object({
  id: Uuid,
  communityId: Uuid,
  name: Type.String(),
  /** Homes in the register; those that were taken out keep their grid too and are counted apart. */
  homes: Type.Integer(),
  removedHomes: Type.Integer(),
});
export type GridView = Static<typeof GridView>;
