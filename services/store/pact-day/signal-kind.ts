import { type RawBuilder, sql } from 'kysely';

/** The kind of signal that a stored opening is: whatever a device does with a curtain is `opened`. */
export const signalKindOf = (type: RawBuilder<unknown>): RawBuilder<string> =>
  sql`case when ${type} in ('seen', 'called') then ${type} else 'opened' end`;
