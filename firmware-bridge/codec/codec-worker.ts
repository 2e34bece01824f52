import { type MessagePort, workerData } from 'node:worker_threads';
import { type CodecJob, type CodecOutcome, runCodec, workedMs } from './run-codec.ts';

/** What the thread is started with. */
export type CodecWorkerData = { port: MessagePort; wasmModule: object };
/** What it says to each job; without an outcome, once, that it is ready. */
export type CodecAnswer = {
  outcome?: CodecOutcome;
  /** All that this thread has worked so far, in milliseconds. */
  workedMs: number;
};

const { port, wasmModule } = workerData as CodecWorkerData;
const answer = (outcome?: CodecOutcome) => {
  const message: CodecAnswer = { ...(outcome ? { outcome } : {}), workedMs: workedMs() };
  port.postMessage(message);
};

// The engine asks this thread's Date for its clock and its zone: a codec sees the arrival's moment, in UTC, always.
let now = 0;
Date.now = () => now;
Date.prototype.getTimezoneOffset = () => 0;

port.on('message', async (job: CodecJob) => {
  now = job.receivedAt;
  answer(await runCodec(wasmModule, job));
});
answer();
