import { counter, gauge, histogram } from '#platform/metrics.ts';
import { AUDIT_FINDINGS } from '#store/audit/audit-work.ts';
import { WATCH_PARTS } from './watch.ts';

/** What escalation tells of itself on `/metrics`. */
export const ESCALATION_METRICS = {
  jobs: counter('pact_escalation_jobs_total', 'Jobs of the queue by how they ended', {
    job: ['advance', 'deliver'],
    outcome: ['done', 'failed'],
  }),
  steps: counter(
    'pact_escalation_steps_total',
    'Steps of alerts by who found them due: a job, or the sweep. Many by the sweep: the queue is late or loses jobs',
    { by: ['job', 'sweep'] },
  ),
  sweeps: counter('pact_escalation_sweeps_total', 'Reconciling sweeps by how they ended', {
    outcome: ['done', 'failed'],
  }),
  sweepSeconds: histogram(
    'pact_escalation_sweep_seconds',
    'Wall seconds of one reconciling sweep, what it sent included',
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  ),
  alarmsFailed: counter(
    'pact_escalation_alarms_failed_total',
    'Times that the queue took no job; the sweep then finds what is due',
  ),
  watchFailures: counter('pact_escalation_watch_failures_total', 'Daily duties that failed in a sweep', {
    part: WATCH_PARTS,
  }),
  auditProblems: gauge(
    'pact_audit_problems',
    'What the audit after the last sweep found wrong: how many; for the clock and the deadlines seconds',
    { what: AUDIT_FINDINGS },
  ),
  heartbeats: counter('pact_heartbeats_total', 'Calls to the outside monitor by what became of them', {
    outcome: ['sent', 'refused', 'failed'],
  }),
};
