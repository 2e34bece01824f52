import type { Drill } from './drill.ts';
import { CLOCKS } from './drills/clock.ts';
import { CROWDS } from './drills/crowd.ts';
import { CUTS } from './drills/cut.ts';
import { EXHAUSTIONS } from './drills/exhaust.ts';
import { KILLS } from './drills/kill.ts';
import { PROVIDERS } from './drills/provider.ts';
import { RESTARTS } from './drills/restart.ts';
import { STOPS } from './drills/stop.ts';

/** Every drill, in the order in which they are done. */
export const DRILLS: readonly Drill[] = [
  ...KILLS,
  ...STOPS,
  ...RESTARTS,
  ...EXHAUSTIONS,
  ...PROVIDERS,
  ...CLOCKS,
  ...CUTS,
  ...CROWDS,
];
