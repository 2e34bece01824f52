import { createHash } from 'node:crypto';
import { type Reading, Refused } from '#bridge/model.ts';
import type { Refusal } from '#contracts/bridge/formats.ts';
import type { Mapping } from '#contracts/bridge/mapping.ts';
import type { CodecSetting } from '#store/bridge/setting.ts';
import { applyMapping } from '../mapping/apply-mapping.ts';
import { createCodecThread } from './codec-thread.ts';
import { createRests } from './rests.ts';
import type { CodecJob } from './run-codec.ts';

export type CodecInput = {
  bytes: Uint8Array;
  fPort: number | null;
  /** Epoch milliseconds. */
  receivedAt: number;
};

export type CodecTrial =
  | { ok: true; data: unknown; reading: Reading | null; refusal: Refusal | null }
  /** The message is the codec's own, or the engine's; empty where neither has said anything. */
  | { ok: false; refusal: Refusal; message: string };

export type CodecRunnerPorts = {
  /** Epoch milliseconds. */
  now(): number;
  /** A codec used more time or memory than it may and was stopped. */
  onStopped(codecId: string, reason: Refusal): void;
  limits?: {
    /** Milliseconds of work after which the engine is told to stop. */
    softMs: number;
    /** Milliseconds of work after which the thread is ended, whatever the engine does. */
    hardMs: number;
  };
};

export type CodecRunner = {
  /** @throws Refused */
  run(codec: CodecSetting, input: CodecInput): Promise<Reading>;
  /** Runs a codec that nobody has saved yet; without a mapping only to see its data. Refusals are part of the answer. */
  try(code: string, mapping: Mapping | null, input: CodecInput): Promise<CodecTrial>;
  /** Whoever still waits is told by an error. */
  stop(): Promise<void>;
};

/** With the looks between them well under the 250 ms after which nothing of a codec may run any more. */
const LIMITS = { softMs: 100, hardMs: 150 };
/** Refusals by which a codec was stopped, and did not only fail. */
const STOPPED: readonly Refusal[] = ['codec_too_slow', 'codec_too_big'];

/** Runs operators' own decoders, apart from everything and from each other, in a thread that can be ended. */
export function createCodecRunner(ports: CodecRunnerPorts): CodecRunner {
  const { softMs, hardMs } = ports.limits ?? LIMITS;
  const thread = createCodecThread({ hardMs });
  const rests = createRests(ports.now);
  const unchanged = new WeakSet<CodecSetting>();

  const jobOf = (code: string, { bytes, fPort, receivedAt }: CodecInput): CodecJob => ({
    code,
    bytes: [...bytes],
    fPort,
    receivedAt,
    softMs,
  });

  /** The code is the one that somebody has tried and saved. */
  const isPinned = (codec: CodecSetting): boolean => {
    if (unchanged.has(codec)) return true;
    if (createHash('sha256').update(codec.code).digest('hex') !== codec.sha256) return false;
    unchanged.add(codec);
    return true;
  };

  return {
    run: async (codec, input) => {
      if (!isPinned(codec)) throw new Refused('codec_missing');
      const outcome = await thread.run(codec.id, jobOf(codec.code, input), {
        turnedAway: () => rests.restingFor(codec.id),
        ended: (ended) => {
          if (!('refusal' in ended) || !STOPPED.includes(ended.refusal)) return;
          rests.noteStop(codec.id, ended.refusal);
          ports.onStopped(codec.id, ended.refusal);
        },
      });
      if ('refusal' in outcome) throw new Refused(outcome.refusal);
      return applyMapping(codec.mapping, outcome.data).reading;
    },
    try: async (code, mapping, input) => {
      const outcome = await thread.run('', jobOf(code, input), {
        turnedAway: () => null,
        ended: () => undefined,
      });
      if ('refusal' in outcome) return { ok: false, ...outcome };
      const { data } = outcome;
      if (!mapping) return { ok: true, data, reading: null, refusal: null };
      try {
        return { ok: true, data, reading: applyMapping(mapping, data).reading, refusal: null };
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return { ok: true, data, reading: null, refusal: error.reason };
      }
    },
    stop: thread.stop,
  };
}
