import type { Registry } from 'prom-client';
import { REFUSALS, type Refusal, SOURCE_FORMAT_NAMES, type SourceFormat } from '#contracts/bridge/formats.ts';
import { counter, createMeters, gauge } from '#platform/metrics.ts';
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

const STATES = ['waiting', 'connected', 'away', 'refused'] as const satisfies readonly SourceState[];
const TYPES = ['opened', 'closed', 'tamper', 'heartbeat'] as const satisfies readonly Message['type'][];

/** What the bridge tells of itself on `/metrics`: no source, no device. */
export const BRIDGE_METRICS = {
  taken: counter('pact_bridge_messages_total', 'Messages that sources handed over', {
    format: SOURCE_FORMAT_NAMES,
  }),
  refused: counter('pact_bridge_refused_total', 'Messages, and frames of devices, that were not taken', {
    reason: REFUSALS,
  }),
  said: counter('pact_bridge_events_total', 'What our broker is told', {
    type: TYPES,
    snapshot: ['true', 'false'],
  }),
  codecStops: counter('pact_bridge_codec_stops_total', 'Runs of an operator’s codec that were stopped', {
    reason: REFUSALS,
  }),
  works: gauge('pact_bridge_works', '1 in the process that is the bridge, 0 where it stands by'),
  linked: gauge(
    'pact_bridge_linked',
    '1 while our own broker is connected, which it is only where there is a reason to be; else 0',
  ),
  waiting: gauge('pact_bridge_waiting', 'Messages that our broker has not acknowledged'),
  sources: gauge('pact_bridge_sources', 'Sources in use by how they stand', { state: STATES }),
  unacknowledged: gauge('pact_bridge_unacknowledged', 'Messages that sources have not been acknowledged', {
    format: SOURCE_FORMAT_NAMES,
  }),
};

export function createMetrics(registry: Registry, gauges: BridgeGauges): BridgeMetrics {
  const meters = createMeters(registry, BRIDGE_METRICS);
  meters.works.readBy(() => meters.works.set(Number(gauges.works())));
  meters.linked.readBy(() => meters.linked.set(Number(gauges.linked())));
  meters.waiting.readBy(() => meters.waiting.set(gauges.waiting()));
  meters.sources.readBy(() => {
    const sources = gauges.sources();
    for (const state of STATES)
      meters.sources.set(sources.filter((source) => source.state === state).length, { state });
  });
  meters.unacknowledged.readBy(() => {
    meters.unacknowledged.forget();
    for (const [format, sources] of Map.groupBy(gauges.sources(), (source) => source.format)) {
      const count = sources.reduce((sum, { unacknowledged }) => sum + unacknowledged, 0);
      meters.unacknowledged.set(count, { format });
    }
  });
  return {
    taken: (format) => meters.taken.add(1, { format }),
    refused: (reason) => meters.refused.add(1, { reason }),
    said: ({ type, snapshot }) => meters.said.add(1, { type, snapshot: snapshot ? 'true' : 'false' }),
    codecStopped: (reason) => meters.codecStops.add(1, { reason }),
  };
}
