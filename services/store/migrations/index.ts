import type { Migration } from 'kysely';
import * as foundation from './0001-foundation.ts';
import * as channels from './0002-channels.ts';
import * as duty from './0003-duty.ts';
import * as notices from './0004-notices.ts';
import * as door from './0005-door.ts';
import * as rhythm from './0011-rhythm.ts';
import * as enrolment from './0014-enrolment.ts';
import * as registerFile from './0015-register-file.ts';
import * as sensorCare from './0016-sensor-care.ts';
import * as leave from './0017-leave.ts';
import * as removal from './0019-removal.ts';
import * as rights from './0020-rights.ts';
import * as care from './0021-care.ts';
import * as person from './0023-person.ts';
import * as wall from './0024-wall.ts';
import * as bridge from './0025-bridge.ts';
import * as bridgeAudit from './0026-bridge-audit.ts';
import * as bridgeMemory from './0027-bridge-memory.ts';
import * as backup from './0030-backup.ts';
import * as dayReferences from './0036-day-references.ts';
import * as eventByTime from './0037-event-by-time.ts';
import * as earlierGaps from './0038-earlier-gaps.ts';
import * as serviceProcess from './0039-service-process.ts';

/** Migrations in the order in which they run; a released one is never changed. */
export const MIGRATIONS: Record<string, Migration> = {
  '0001-foundation': foundation,
  '0002-channels': channels,
  '0003-duty': duty,
  '0004-notices': notices,
  '0005-door': door,
  '0011-rhythm': rhythm,
  '0014-enrolment': enrolment,
  '0015-register-file': registerFile,
  '0016-sensor-care': sensorCare,
  '0017-leave': leave,
  '0019-removal': removal,
  '0020-rights': rights,
  '0021-care': care,
  '0023-person': person,
  '0024-wall': wall,
  '0025-bridge': bridge,
  '0026-bridge-audit': bridgeAudit,
  '0027-bridge-memory': bridgeMemory,
  '0030-backup': backup,
  '0036-day-references': dayReferences,
  '0037-event-by-time': eventByTime,
  '0038-earlier-gaps': earlierGaps,
  '0039-service-process': serviceProcess,
};
