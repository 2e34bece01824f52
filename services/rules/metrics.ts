import { counter, gauge, histogram } from '#platform/metrics.ts';

/** What rules tell of themselves on `/metrics`. */
export const RULES_METRICS = {
  sweeps: counter('pact_rules_sweeps_total', 'Sweeps of deadlines by how they ended', {
    outcome: ['done', 'failed'],
  }),
  sweepSeconds: histogram(
    'pact_rules_sweep_seconds',
    'Wall seconds of one sweep',
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  ),
  opened: counter('pact_rules_opened_total', 'Pact days that were opened'),
  judged: counter('pact_rules_judged_total', 'Pact days that were judged at their deadline'),
  alerts: counter('pact_rules_alerts_opened_total', 'Alerts that were opened: mornings found missed'),
  weighed: counter('pact_rules_signals_weighed_total', 'Signals that were weighed for a day'),
  catchingUp: gauge(
    'pact_rules_catching_up',
    '1 while deadlines wait for what sensors kept during our downtime, else 0',
  ),
};
