import wasmFile from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSSyncVariant,
} from 'quickjs-emscripten-core';
import type { Refusal } from '#contracts/bridge/formats.ts';
import { CONVENTION } from './convention.ts';
import { readOutput } from './read-output.ts';
import { Memory } from './web-assembly.ts';

export type CodecJob = {
  code: string;
  bytes: readonly number[];
  fPort: number | null;
  /** Epoch milliseconds: the only moment that a codec knows. */
  receivedAt: number;
  /** Milliseconds of work, not of waiting for a processor. */
  softMs: number;
};

export type CodecOutcome = { data: unknown } | { refusal: Refusal; message: string };

const MEGABYTE = 2 ** 20;
const MEMORY_BYTES = 16 * MEGABYTE;
/** What the machine as a whole may take, in pages of 64 KB, should its own accounts be wrong. */
const MOST_PAGES = (3 * MEMORY_BYTES) / 2 ** 16;
const FIRST_PAGES = 256;
const STACK_BYTES = 256 * 1024;
const LONGEST_OUTPUT = 16 * 1024;
const LONGEST_MESSAGE = 300;

/** Its types tell of a CommonJS module, and it comes as one of ECMAScript. */
const variant = wasmFile as unknown as QuickJSSyncVariant;

/** How QuickJS says that a limit was reached. */
const LIMIT = /^(?:Internal|Syntax)Error: (?:out of memory|stack overflow|string too long)/;

/**
 * Runs a codec on one frame, in a machine of its own that is gone afterwards: no codec meets what another has left, and
 * none can reach anything but its input. What native code of the engine does cannot be interrupted from here: whoever
 * calls this in a thread must be ready to end it.
 */
export async function runCodec(wasmModule: object, job: CodecJob): Promise<CodecOutcome> {
  const wasmMemory = new Memory({ initial: FIRST_PAGES, maximum: MOST_PAGES });
  const quickJs = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmModule, wasmMemory }));
  const runtime = quickJs.newRuntime();
  runtime.setMemoryLimit(MEMORY_BYTES);
  runtime.setMaxStackSize(STACK_BYTES);
  const endAt = workedMs() + job.softMs;
  let interrupted = false;
  runtime.setInterruptHandler(() => {
    interrupted ||= workedMs() > endAt;
    return interrupted;
  });
  const context = runtime.newContext();
  try {
    const beside = context.unwrapResult(context.evalCode(CONVENTION));
    const [run, write, say] = ['run', 'write', 'say'].map((name) => context.getProp(beside, name));
    const call = (what: QuickJSHandle, given: QuickJSHandle) =>
      context.callFunction(what, context.undefined, given);
    const failure = (thrown: QuickJSHandle, otherwise: Refusal): CodecOutcome => {
      if (interrupted) return { refusal: 'codec_too_slow', message: '' };
      // A codec that has used up its memory has none left to say so.
      runtime.setMemoryLimit(2 * MEMORY_BYTES);
      const said = call(say!, thrown);
      if (interrupted) return { refusal: 'codec_too_slow', message: '' };
      const words = said.error ? '' : messageOf(context.getString(said.value));
      return { refusal: LIMIT.test(words) ? 'codec_too_big' : otherwise, message: words };
    };

    const { code, bytes, fPort, receivedAt } = job;
    const defined = context.evalCode(code, 'codec.js', { type: 'global' });
    if (defined.error) return failure(defined.error, 'codec_failed');
    const result = call(run!, context.newString(JSON.stringify({ bytes, fPort, receivedAt })));
    if (result.error) return failure(result.error, 'codec_failed');
    const written = call(write!, result.value);
    if (written.error) return failure(written.error, 'codec_output_unusable');
    return readText(context, written.value);
  } catch (error) {
    // The engine's own machine broke, which it does where a recursion of its native code meets the thread's stack.
    return { refusal: 'codec_too_big', message: error instanceof Error ? error.message : '' };
  }
}

function readText(context: QuickJSContext, written: QuickJSHandle): CodecOutcome {
  if (context.typeof(written) !== 'string') return { refusal: 'codec_output_unusable', message: '' };
  // Of a primitive string nobody can have changed the length.
  const length = context.getNumber(context.getProp(written, 'length'));
  if (length > LONGEST_OUTPUT) return { refusal: 'codec_too_big', message: `output: ${length}` };
  return readOutput(context.getString(written));
}

/** The first line of an error's words, and where in the codec it came from. */
function messageOf(said: string): string {
  const [words = '', ...stack] = said.split('\n');
  const line = /codec\.js:\d+/.exec(stack.join('\n'))?.[0];
  return `${words.slice(0, LONGEST_MESSAGE)}${line ? ` (${line})` : ''}`;
}

/** Milliseconds that this thread has worked. */
export function workedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
