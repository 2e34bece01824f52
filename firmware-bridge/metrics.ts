import { Counter, Gauge, type Registry } from 'prom-client';
import type { Refusal, SourceFormat } from '#contracts/bridge/formats.ts';
import type { SourceState } from '#store/bridge/setting.ts';
import type { Message } from './report/device-state.ts';

/** How a source stands now, without saying which it is. */
export type SourceNow = { format: SourceFormat; state: SourceState; unacknowledged: number };

export type BridgeGauges = {
  works(): boolean;
  linked(): boolean;
  waiting(): number;
  sources(): readonly SourceNow[];
};

export type BridgeMetrics = {
  taken(format: SourceFormat): void;
  refused(reason: Refusal): void;
  /** Kept for our broker. */
  said(message: Message): void;
  codecStopped(reason: Refusal): void;
};

const STATES: readonly SourceState[] = ['waiting', 'connected', 'away', 'refused'];

/** Labels are words of the catalogue only: no source, no device. */
export function createMetrics(registry: Registry, gauges: BridgeGauges): BridgeMetrics {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const taken = counter('pact_bridge_messages_total', 'Messages that sources handed over', ['format']);
  const refused = counter(
    'pact_bridge_refused_total',
    'Messages, and frames of devices, that were not taken',
    ['reason'],
  );
  const said = counter('pact_bridge_events_total', 'What our broker is told', ['type', 'snapshot']);
  const stops = counter('pact_bridge_codec_stops_total', 'Runs of an operator’s codec that were stopped', [
    'reason',
  ]);
  gauge('pact_bridge_works', '1 in the process that is the bridge, 0 where it stands by', () =>
    Number(gauges.works()),
  );
  gauge('pact_bridge_linked', 'Whether our own broker is connected', () => Number(gauges.linked()));
  gauge('pact_bridge_waiting', 'Messages that our broker has not acknowledged', gauges.waiting);
  new Gauge({
    name: 'pact_bridge_sources',
    help: 'Sources in use by how they stand',
    labelNames: ['state'],
    registers,
    collect() {
      const sources = gauges.sources();
      for (const state of STATES)
        this.set({ state }, sources.filter((source) => source.state === state).length);
    },
  });
  new Gauge({
    name: 'pact_bridge_unacknowledged',
    help: 'Messages that sources have not been acknowledged',
    labelNames: ['format'],
    registers,
    collect() {
      this.reset();
      for (const { format, unacknowledged } of gauges.sources()) this.inc({ format }, unacknowledged);
    },
  });
  return {
    taken: (format) => taken.inc({ format }),
    refused: (reason) => refused.inc({ reason }),
    said: ({ type, snapshot }) => said.inc({ type, snapshot: String(snapshot) }),
    codecStopped: (reason) => stops.inc({ reason }),
  };
}
