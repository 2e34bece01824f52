import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Refusal } from '#contracts/bridge/formats.ts';
import type { CodecAnswer, CodecWorkerData } from './codec-worker.ts';
import type { CodecJob, CodecOutcome } from './run-codec.ts';
import { Module } from './web-assembly.ts';

export type CodecThread = {
  /**
   * Runs a job when its turn comes, unless it is turned away then. Once it has worked for `hardMs` its thread is ended;
   * those that wait go on in the next one.
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
/** How often it is looked how long a job has worked. */
const LOOK_MS = 20;
/** By the wall: on a server that has no time for anybody the good wait, but not for ever. */
const LONGEST_MS = 2_000;
const WASM = '@jitl/quickjs-wasmfile-release-sync/wasm';

let compiled: object | undefined;

/** One thread for all codecs; it is started when the first job comes. */
export function createCodecThread({ hardMs }: { hardMs: number }): CodecThread {
  const waiting: Waiting[] = [];
  const ending = new Set<Promise<unknown>>();
  let thread: { worker: Worker; port: MessagePort; isReady: boolean; workedMs: number } | undefined;
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
        running = { ...taken, timer: watch(thread, performance.now()) };
        thread.port.postMessage(taken.job);
      }
    }
  }

  function settle(outcome: CodecOutcome): void {
    const done = running;
    running = undefined;
    clearInterval(done?.timer);
    done?.turn.ended(outcome);
    done?.resolve(outcome);
    next();
  }

  /** Looks at the work and not at the wall: whoever waits for a processor is not slow. */
  function watch({ worker, workedMs }: NonNullable<typeof thread>, startedAt: number): NodeJS.Timeout {
    const watched: NodeJS.Timeout = setInterval(() => {
      if (performance.now() - startedAt >= LONGEST_MS) giveUp(watched);
      worker.cpuUsage().then(
        ({ user, system }) => {
          if ((user + system) / 1_000 - workedMs >= hardMs) giveUp(watched);
        },
        // It has ended meanwhile, which its own event tells.
        () => undefined,
      );
    }, LOOK_MS);
    return watched;
  }

  function giveUp(watched: NodeJS.Timeout): void {
    if (!thread || running?.timer !== watched) return;
    // Where this thread was the one that was late, the answer lies there already.
    const late = receiveMessageOnPort(thread.port);
    if (late) {
      takeAnswer(thread, late.message);
    } else {
      end();
      settle({ refusal: 'codec_too_slow', message: '' });
    }
  }

  function takeAnswer(from: NonNullable<typeof thread>, { outcome, workedMs }: CodecAnswer): void {
    from.workedMs = workedMs;
    from.isReady = true;
    if (outcome) settle(outcome);
    else next();
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
    const started = { worker, port, isReady: false, workedMs: 0 };
    let why = new Error('The thread of the codecs has ended.');
    worker.on('error', (error) => {
      why = error instanceof Error ? error : why;
    });
    worker.on('exit', () => {
      if (thread === started) died(why);
    });
    port.on('message', (answer: CodecAnswer) => takeAnswer(started, answer));
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
      clearInterval(running?.timer);
      for (const { reject } of waiting.splice(0)) reject(stopped());
      running?.reject(stopped());
      running = undefined;
      end();
      await Promise.all(ending);
    },
  };
}

const stopped = () => new Error('The codecs have been stopped.');
