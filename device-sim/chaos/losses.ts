import type { Temporal } from 'temporal-polyfill';
import { checkAcknowledgedEvents, checkInvariants } from '../invariants.ts';
import { summarise } from '../summary.ts';
import { DATE } from '../town/town.ts';
import type { VirtualSensor } from '../virtual-sensor.ts';
import type { DrillResult } from './drill.ts';
import { type Scene, SPEED } from './scene.ts';

/** Wall milliseconds that a town may take to do what fell due just before it was stopped. */
const GRACE_MS = 10_000;

/** What a town that has come to rest has lost, doubled or got wrong, in sentences; and how much there was of it. */
export async function findLosses(
  scene: Scene,
  now: Temporal.Instant,
): Promise<{ lost: string[]; counts: NonNullable<DrillResult['counts']> }> {
  const { town, provider, sensors } = scene;
  const violations = await checkInvariants(town.db, { now, graceMs: GRACE_MS * SPEED });
  const accepted = [...provider.twilio.sent, ...provider.twilio.calls].map(({ sid }) => sid);
  const sent = sensors.flatMap((sensor) => sensor.sent);
  const summary = await summarise(town.db, { date: DATE, speed: SPEED, sent, accepted, violations });
  const lost = [...scene.losses, ...summary.violations, ...((await scene.curtains?.findLosses()) ?? [])];
  const { pages, ledger, enrolled, events } = summary;
  if (pages.duplicate > 0) lost.push(`${pages.duplicate} messages were accepted by the provider twice.`);
  if (pages.missed > 0) lost.push(`${pages.missed} alerts paged nobody.`);
  if (enrolled !== town.homes.length)
    lost.push(`The ledger has ${enrolled} of ${town.homes.length} enrolled homes.`);
  const proven = enrolled - scene.unproven;
  if (ledger.unresolved !== scene.unproven || ledger.kept !== proven) {
    lost.push(
      `${ledger.kept} days are kept and ${ledger.unresolved} unresolved, where ${proven} homes gave proof in time and ${scene.unproven} none.`,
    );
  }
  lost.push(...(await checkAcknowledgedEvents(town.db, acknowledgedOf(scene.spare))));
  if (events.acknowledged !== events.published) {
    lost.push(`${events.published - events.acknowledged} reports never got their acknowledgement.`);
  }
  return {
    lost,
    counts: { acknowledged: events.acknowledged, stored: events.stored, pages: pages.sent },
  };
}

const acknowledgedOf = ({ sent }: VirtualSensor) => sent.filter(({ ackMs }) => ackMs !== undefined);
