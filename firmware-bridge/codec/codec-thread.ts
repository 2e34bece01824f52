import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Refusal } from '#contracts/bridge/formats.ts';
import type { CodecAnswer, CodecWorkerData } from './codec-worker.ts';
import type { CodecJob, CodecOutcome } from './run-codec.ts';
import { Module } from './web-assembly.ts';

export type CodecThread = {
  /**
   * Runs a job of somebody's when their turn comes, unless it is turned away then: turns go round, so that no flood of
   * one keeps the others waiting. Once it has worked for `hardMs` its thread is ended;
   * those that wait go on in the next one.
   */
  run(whose: string, job: CodecJob, turn: Turn): Promise<CodecOutcome>;
  stop(): Promise<void>;
};

/** Called while no other job runs, so that what one is found to be counts for the next. */
export type Turn = { turnedAway(): Refusal | null; ended(outcome: CodecOutcome): void };

type Waiting = {
  whose: string;
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
  /** By whose they are; whoever has had a turn comes last. */
  const waiting = new Map<string, Waiting[]>();
  const ending = new Set<Promise<unknown>>();
  let thread: { worker: Worker; port: MessagePort; isReady: boolean; workedMs: number } | undefined;
  let running: (Waiting & { timer: NodeJS.Timeout }) | undefined;
  let isStopped = false;

  function next(): void {
    while (!running && !isStopped && waiting.size > 0) {
      thread ??= start();
      if (!thread.isReady) return;
      const taken = take();
      if (!taken) return;
      const refusal = taken.turn.turnedAway();
      if (refusal) {
        taken.resolve({ refusal, message: '' });
      } else {
        running = { ...taken, timer: watch(thread, performance.now()) };
        thread.port.postMessage(taken.job);
      }
    }
  }

  function take(): Waiting | undefined {
    const [turn] = waiting;
    if (!turn) return undefined;
    const [whose, jobs] = turn;
    const taken = jobs.shift();
    if (jobs.length === 0) waiting.delete(whose);
    return taken;
  }

  function toTheEnd(whose: string): void {
    const jobs = waiting.get(whose);
    if (!jobs) return;
    waiting.delete(whose);
    waiting.set(whose, jobs);
  }

  function rejectAll(why: Error): void {
    const all = [...waiting.values()].flat();
    waiting.clear();
    for (const { reject } of all) reject(why);
  }

  function settle(outcome: CodecOutcome): void {
    const done = running;
    running = undefined;
    clearInterval(done?.timer);
    if (done) {
      done.turn.ended(outcome);
      done.resolve(outcome);
      toTheEnd(done.whose);
    }
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
  function died(why: Error): void {
    const wasReady = thread?.isReady;
    thread?.port.close();
    thread = undefined;
    if (!wasReady) rejectAll(why);
    settle({ refusal: 'codec_too_big', message: '' });
  }

  return {
    run: (whose, job, turn) =>
      new Promise((resolve, reject) => {
        if (isStopped) return reject(stopped());
        const before = waiting.get(whose);
        const own = { whose, job, turn, resolve, reject };
        if (before) before.push(own);
        else waiting.set(whose, [own]);
        next();
      }),
    stop: async () => {
      isStopped = true;
      clearInterval(running?.timer);
      rejectAll(stopped());
      running?.reject(stopped());
      running = undefined;
      end();
      await Promise.all(ending);
    },
  };
}

const stopped = () => new Error('The codecs have been stopped.');
