import type { Registry } from 'prom-client';
import { counter, createMeters, gauge, histogram } from '#platform/metrics.ts';

export const REFUSAL_REASONS = [
  'bad_username',
  'unknown_sensor',
  'wrong_secret',
  'retired',
  'database_away',
  'too_many_connections',
  'too_many_unknown',
  'packet_too_large',
  'foreign_topic',
  'foreign_subscription',
  'bridge_foreign',
  'makers_refused',
  'flood',
  'backlog_full',
  'ack_overdue',
  'protocol',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

const INTAKE_COUNTS = ['recorded', 'duplicate', 'unknown_sensor', 'quarantined'] as const;
export type IntakeCount = (typeof INTAKE_COUNTS)[number];

/** What the broker tells of itself on `/metrics`. */
export const BROKER_METRICS = {
  refused: counter(
    'pact_broker_refused_total',
    'Connections, publishes and subscriptions that the broker refused',
    {
      reason: REFUSAL_REASONS,
    },
  ),
  messages: counter('pact_intake_messages_total', 'Messages of sensors by what became of them', {
    outcome: INTAKE_COUNTS,
  }),
  batchSize: histogram(
    'pact_intake_batch_size',
    'Messages in one commit',
    [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
  ),
  commitSeconds: histogram(
    'pact_intake_commit_seconds',
    'Seconds from the start of a batch to its commit, retries included',
    [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 10],
  ),
  connections: gauge('pact_broker_connections', 'Open connections'),
  pending: gauge('pact_intake_pending', 'Messages without an acknowledgement'),
  heldSeconds: gauge('pact_intake_held_seconds', 'Age of the oldest message that waits for its commit'),
};

export type Metrics = {
  refused(reason: RefusalReason): void;
  counted(what: IntakeCount, count: number): void;
  committed(size: number, seconds: number): void;
};

export type Gauges = { connections(): number; pending(): number; heldSeconds(): number };

export function createMetrics(registry: Registry, gauges: Gauges): Metrics {
  const meters = createMeters(registry, BROKER_METRICS);
  meters.connections.readBy(() => meters.connections.set(gauges.connections()));
  meters.pending.readBy(() => meters.pending.set(gauges.pending()));
  meters.heldSeconds.readBy(() => meters.heldSeconds.set(gauges.heldSeconds()));
  return {
    refused: (reason) => meters.refused.add(1, { reason }),
    counted: (outcome, count) => meters.messages.add(count, { outcome }),
    committed(size, seconds) {
      meters.batchSize.observe(size);
      meters.commitSeconds.observe(seconds);
    },
  };
}
