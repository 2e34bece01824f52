import { LONGEST_HOLD_MS, type Services } from './our-services.ts';
import type { Provider } from './provider.ts';
import type { World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** What machines kept by NTP see, what those see that are not, and a clock that takes another zone's time for its own. */
const CLOCK_STEPS_MS = [-HOUR, -MINUTE, -20 * SECOND, -300, 40, 300, 20 * SECOND, 5 * MINUTE, HOUR, 2 * HOUR];

/** Puts onto the agenda what comes by the clock: sensors, sweeps, the day's ends; and who is away when. */
export function scheduleDays(world: World, services: Services, provider: Provider): void {
  const { plan, chance, sensors } = world;
  const { parts, startAt, sweepAt, careAt, jobAt, intakeAt } = services;
  for (const at of sensors.times) intakeAt(at, 'sensors');
  for (const name of parts.keys()) startAt(name, plan.beginsAt);
  for (const [day] of plan.dates.entries()) {
    const deadlines = [...new Set(plan.homes.map((home) => home.days[day]!.deadlineAt))].sort(
      (a, b) => a - b,
    );
    const first = deadlines[0]!;
    const endsAt = plan.homes[0]!.days[day]!.endsAt;
    const looks = [first - 20 * MINUTE];
    for (const deadlineAt of deadlines) looks.push(deadlineAt + 520);
    looks.push(deadlines.at(-1)! + LONGEST_HOLD_MS + SECOND);
    looks.push(day < plan.dates.length - 1 ? endsAt - 5 * HOUR : endsAt - 20 * MINUTE);
    for (const name of parts.keys()) {
      const shift = (at: number) => chance.between(`${name} shift ${at}`, 0, 300);
      if (name.startsWith('rules')) for (const at of looks) sweepAt(name, at + shift(at), 'sweep');
      const cares = [first + 2 * MINUTE, endsAt - 4 * HOUR, endsAt - 19 * MINUTE];
      if (name.startsWith('carer')) for (const at of cares) careAt(name, at + shift(at), 'sweep');
    }
    for (const hours of [-4.5, 1.2, 2.5, 4, 6, 8.5]) jobAt('carer 1', first + hours * HOUR);
    // The last hours have no faults: whatever was left lying is found.
    for (let at = endsAt - 3.5 * HOUR; at < endsAt - 30 * MINUTE; at += 100 * MINUTE) jobAt('carer 1', at);
    scheduleAbsences(world, services, provider, { day, deadlineAt: first });
  }
}

function scheduleAbsences(
  { chance, faults, outages, tellTime }: World,
  { parts, isDown, isSkewed }: Services,
  provider: Provider,
  { day, deadlineAt }: { day: number; deadlineAt: number },
): void {
  const label = `day ${day}`;
  const allFrom = deadlineAt - chance.between(`${label} box from`, 2, 100) * MINUTE;
  const allUntil = deadlineAt + chance.between(`${label} box until`, 1, 90) * MINUTE;
  const all = `the box is down until ${tellTime(allUntil)}`;
  if (faults.strikes('all_down', label, 0.12, allFrom, all)) {
    for (const name of parts.keys()) isDown(name, allFrom, allUntil);
    outages.push({ from: allFrom, until: allUntil });
  } else {
    for (const name of parts.keys()) {
      const from = deadlineAt + chance.between(`${label} ${name} from`, -90, 60) * MINUTE;
      const until = from + chance.between(`${label} ${name} lasts`, 1, 60) * MINUTE;
      const line = `${name} is down until ${tellTime(until)}`;
      if (faults.strikes('part_down', `${label} ${name}`, 0.06, from, line)) isDown(name, from, until);
    }
  }
  for (const name of ['broker', 'api'] as const) {
    const step = `${label} ${name} clock`;
    const from = deadlineAt + chance.between(`${step} from`, -90, 60) * MINUTE;
    const until = from + chance.between(`${step} lasts`, 1, 120) * MINUTE;
    const skewMs = chance.pick(`${step} by`, CLOCK_STEPS_MS);
    const line = `the clock of ${name} is ${skewMs / 1_000} seconds wrong until ${tellTime(until)}`;
    const kind = skewMs < 0 ? 'clock_back' : 'clock_ahead';
    if (faults.strikes(kind, step, 0.1, from, line)) isSkewed(name, from, until, skewMs);
  }
  const from = deadlineAt + chance.between(`${label} provider from`, -5, 30) * MINUTE;
  const until = from + chance.between(`${label} provider lasts`, 1, 15) * MINUTE;
  if (faults.strikes('provider_down', label, 0.1, from, `the provider is away until ${tellTime(until)}`)) {
    provider.addAbsence(from, until);
  }
}
