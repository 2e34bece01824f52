import { type MessagePort, workerData } from 'node:worker_threads';
import { type CodecJob, runCodec } from './run-codec.ts';

/** What the thread is started with. */
export type CodecWorkerData = { port: MessagePort; wasmModule: object };

const { port, wasmModule } = workerData as CodecWorkerData;

// The engine asks this thread's Date for its clock and its zone: a codec sees the arrival's moment, in UTC, always.
let now = 0;
Date.now = () => now;
Date.prototype.getTimezoneOffset = () => 0;

port.on('message', async (job: CodecJob) => {
  now = job.receivedAt;
  port.postMessage(await runCodec(wasmModule, job));
});
port.postMessage('ready');
