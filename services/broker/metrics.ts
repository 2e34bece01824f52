import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export type RefusalReason =
  | 'bad_username'
  | 'unknown_sensor'
  | 'wrong_secret'
  | 'retired'
  | 'database_away'
  | 'too_many_connections'
  | 'too_many_unknown'
  | 'packet_too_large'
  | 'foreign_topic'
  | 'foreign_subscription'
  | 'bridge_foreign'
  | 'makers_refused'
  | 'flood'
  | 'backlog_full'
  | 'ack_overdue'
  | 'protocol';

export type IntakeCount = 'recorded' | 'duplicate' | 'unknown_sensor' | 'quarantined';

export type Metrics = {
  refused(reason: RefusalReason): void;
  counted(what: IntakeCount, count: number): void;
  committed(size: number, seconds: number): void;
};

export type Gauges = { connections(): number; pending(): number; heldSeconds(): number };

export function createMetrics(registry: Registry, gauges: Gauges): Metrics {
  const registers = [registry];
  const refusals = new Counter({
    name: 'pact_broker_refused_total',
    help: 'Connections, publishes and subscriptions that the broker refused',
    labelNames: ['reason'],
    registers,
  });
  const messages = new Counter({
    name: 'pact_intake_messages_total',
    help: 'Messages of sensors by what became of them',
    labelNames: ['outcome'],
    registers,
  });
  const sizes = new Histogram({
    name: 'pact_intake_batch_size',
    help: 'Messages in one commit',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
    registers,
  });
  const seconds = new Histogram({
    name: 'pact_intake_commit_seconds',
    help: 'Seconds from the start of a batch to its commit, retries included',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 10],
    registers,
  });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('pact_broker_connections', 'Open connections', gauges.connections);
  gauge('pact_intake_pending', 'Messages without an acknowledgement', gauges.pending);
  gauge(
    'pact_intake_held_seconds',
    'Age of the oldest message that waits for its commit',
    gauges.heldSeconds,
  );
  return {
    refused: (reason) => refusals.inc({ reason }),
    counted: (outcome, count) => messages.inc({ outcome }, count),
    committed(size, took) {
      sizes.observe(size);
      seconds.observe(took);
    },
  };
}
