import type { Db } from '#store/database.ts';
import type { Ending, Story } from './stories.ts';

/**
 * Whether each home's day ended as its story has it. A visit that was not finished by nine may still be
 * unresolved, but nobody who drew the curtain may be anything but kept, and nobody else may be kept.
 */
export async function checkStories(db: Db, date: string, stories: readonly Story[]): Promise<string[]> {
  const days = await db
    .selectFrom('pact_day as d')
    .innerJoin('household as h', 'h.id', 'd.household_id')
    .select(['h.id', 'h.code', 'd.closed_as as closedAs'])
    .where('d.on_date', '=', date)
    .execute();
  const dayOf = new Map(days.map((day) => [day.code, day]));
  return stories.flatMap((story) => {
    const day = dayOf.get(story.home.code);
    if (!day || coarse(day.closedAs) === coarse(story.ending)) return [];
    return [
      `Household ${day.id} ended as ${day.closedAs ?? 'awaiting'}, and by its story (${story.kind}) should be ${story.ending}.`,
    ];
  });
}

const coarse = (ending: Ending | null) => (ending === 'unresolved' ? 'visited' : ending);
