import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Refusal } from '#contracts/bridge/formats.ts';
import type { CodecWorkerData } from './codec-worker.ts';
import type { CodecJob, CodecOutcome } from './run-codec.ts';
import { Module } from './web-assembly.ts';

export type CodecThread = {
  /**
   * Runs a job when its turn comes, unless it is turned away then. It is answered after `hardMs` at the latest, by the
   * end of the thread where there is no other way; those that wait go on in the next one.
   */
  run(job: CodecJob, turn: Turn): Promise<CodecOutcome>;
  stop(): Promise<void>;
};

/** Called while no other job runs, so that what one is found to be counts for the next. */
export type Turn = { turnedAway(): Refusal | null; ended(outcome: CodecOutcome): void };

type Waiting = {
  job: CodecJob;
  turn: Turn;
  resolve(outcome: CodecOutcome): void;
  reject(error: Error): void;
};

/** The thread's own limits, far above what the machine inside it may take. */
const RESOURCES = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };
const WASM = '@jitl/quickjs-wasmfile-release-sync/wasm';

let compiled: object | undefined;

/** One thread for all codecs; it is started when the first job comes. */
export function createCodecThread({ hardMs }: { hardMs: number }): CodecThread {
  const waiting: Waiting[] = [];
  const ending = new Set<Promise<unknown>>();
  let thread: { worker: Worker; port: MessagePort; isReady: boolean } | undefined;
  let running: (Waiting & { timer: NodeJS.Timeout }) | undefined;
  let isStopped = false;

  function next(): void {
    while (!running && !isStopped && waiting.length > 0) {
      thread ??= start();
      if (!thread.isReady) return;
      const taken = waiting.shift()!;
      const refusal = taken.turn.turnedAway();
      if (refusal) {
        taken.resolve({ refusal, message: '' });
      } else {
        running = { ...taken, timer: setTimeout(giveUp, hardMs) };
        thread.port.postMessage(taken.job);
      }
    }
  }

  function settle(outcome: CodecOutcome): void {
    const done = running;
    running = undefined;
    clearTimeout(done?.timer);
    done?.turn.ended(outcome);
    done?.resolve(outcome);
    next();
  }

  function giveUp(): void {
    // Where this thread was the one that was late, the answer lies there already.
    const answer = thread && receiveMessageOnPort(thread.port);
    if (!answer) end();
    settle(answer?.message ?? { refusal: 'codec_too_slow', message: '' });
  }

  function end(): void {
    if (!thread) return;
    const { worker, port } = thread;
    thread = undefined;
    port.close();
    const ended = worker.terminate().finally(() => ending.delete(ended));
    ending.add(ended);
  }

  function start() {
    const { port1: port, port2 } = new MessageChannel();
    compiled ??= new Module(readFileSync(fileURLToPath(import.meta.resolve(WASM))));
    const workerData: CodecWorkerData = { port: port2, wasmModule: compiled };
    const worker = new Worker(new URL('./codec-worker.ts', import.meta.url), {
      workerData,
      transferList: [port2],
      env: {},
      execArgv: [],
      resourceLimits: RESOURCES,
    });
    const started = { worker, port, isReady: false };
    let why = new Error('The thread of the codecs has ended.');
    worker.on('error', (error) => {
      why = error instanceof Error ? error : why;
    });
    worker.on('exit', () => {
      if (thread === started) died(why);
    });
    port.on('message', (message: 'ready' | CodecOutcome) => {
      if (message !== 'ready') {
        settle(message);
      } else {
        started.isReady = true;
        next();
      }
    });
    return started;
  }

  /** Without being told to: by a job, if there was one; else no thread can be had, and nobody is to wait for it. */
  function died(why: Error & { code?: string }): void {
    const wasReady = thread?.isReady;
    thread?.port.close();
    thread = undefined;
    if (!wasReady) for (const { reject } of waiting.splice(0)) reject(why);
    const isTooBig = why.code === 'ERR_WORKER_OUT_OF_MEMORY';
    settle({ refusal: isTooBig ? 'codec_too_big' : 'codec_failed', message: '' });
  }

  return {
    run: (job, turn) =>
      new Promise((resolve, reject) => {
        if (isStopped) return reject(stopped());
        waiting.push({ job, turn, resolve, reject });
        next();
      }),
    stop: async () => {
      isStopped = true;
      clearTimeout(running?.timer);
      for (const { reject } of waiting.splice(0)) reject(stopped());
      running?.reject(stopped());
      running = undefined;
      end();
      await Promise.all(ending);
    },
  };
}

const stopped = () => new Error('The codecs have been stopped.');
