import type { DoctorText } from '#pact/text/doctor.ts';
import { type Finding, fail, warn } from './finding.ts';

/** Why the database did not answer, by what it or the network said. */
export function judgeRefusal(error: unknown, text: DoctorText): Finding {
  const { code = 'INTERNAL', message = '' } = error as NodeJS.ErrnoException;
  if (code === '53300') return fail('databaseCrowdedOut', text.databaseCrowdedOut());
  if (code === '53100' || code === 'ENOSPC') return fail('databaseDiskFull', text.databaseDiskFull());
  if (code === '57P03' || code === '57P01') return warn('databaseStarting', text.databaseStarting());
  if (/^(28|3D|42501)/.test(code)) return fail('databaseRefuses', text.databaseRefuses({ code }));
  // The driver's own words, for which it has no code.
  if (/timeout/i.test(message)) return fail('databaseFrozen', text.databaseFrozen());
  return fail('databaseAway', text.databaseAway({ code }));
}
