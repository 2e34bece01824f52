import type { Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/logger.ts';
import type { SourceSetting, SourceState } from '#store/bridge/setting.ts';
import { availabilityTopic } from '../announce/home-messages.ts';
import type { Pipeline } from '../intake/pipeline.ts';
import type { SourceNow } from '../metrics.ts';
import type { Notes } from '../notes/notes.ts';
import { type MqttSource, openMqttSource } from './mqtt-source.ts';

type SourcePorts = {
  pipeline: Pipeline;
  notes: Notes;
  clock: Clock;
  logger: Logger;
  onAcknowledged: (sourceId: string, deliveryKey: string) => void;
  onConnected: (source: SourceSetting) => void;
  /** Before its connection ends: it is to announce no more. */
  onQuiet: (source: SourceSetting) => Promise<void>;
};

/** Keeps a connection to each source of the operator's as it is set up now. */
export function createSources({ notes, ...ports }: SourcePorts) {
  const open = new Map<string, { setting: SourceSetting; connection: MqttSource | undefined }>();
  const states = new Map<string, SourceState>();
  const noteState = (id: string, state: SourceState, problem: string | null): void => {
    states.set(id, state);
    notes.state(id, state, problem);
  };
  const openOne = (setting: SourceSetting): MqttSource | undefined => {
    if (setting.kind !== 'mqtt') {
      noteState(setting.id, 'connected', null);
      return undefined;
    }
    return openMqttSource(setting, {
      ...ports,
      ...(setting.announces ? { will: { topic: availabilityTopic(setting.id), payload: 'offline' } } : {}),
      onState: (state, problem) => noteState(setting.id, state, problem),
      onConnected: () => ports.onConnected(setting),
      onAcknowledged: (deliveryKey) => ports.onAcknowledged(setting.id, deliveryKey),
    });
  };
  return {
    async use(settings: readonly SourceSetting[]): Promise<void> {
      const wanted = new Map(settings.map((setting) => [setting.id, setting]));
      for (const [id, { setting, connection }] of open) {
        if (JSON.stringify(wanted.get(id)) === JSON.stringify(setting)) continue;
        if (setting.announces && !wanted.get(id)?.announces) await ports.onQuiet(setting);
        await connection?.stop();
        open.delete(id);
        states.delete(id);
      }
      for (const setting of settings)
        if (!open.has(setting.id)) open.set(setting.id, { setting, connection: openOne(setting) });
    },
    settingOf: (id: string): SourceSetting | undefined => open.get(id)?.setting,
    async publish(id: string, ...message: Parameters<MqttSource['publish']>): Promise<void> {
      await open.get(id)?.connection?.publish(...message);
    },
    count: () => open.size,
    now: (): SourceNow[] =>
      [...open].map(([id, { setting, connection }]) => ({
        format: setting.format,
        state: states.get(id) ?? 'waiting',
        unacknowledged: connection?.unacknowledged() ?? 0,
      })),
    async stop(): Promise<void> {
      await Promise.all([...open.values()].map(({ connection }) => connection?.stop()));
    },
  };
}
