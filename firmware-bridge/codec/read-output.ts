import type { CodecOutcome } from './run-codec.ts';

const DEEPEST = 32;
const LONGEST_MESSAGE = 300;

const isObject = (value: unknown): value is { uplink?: unknown; errors?: unknown; data?: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Takes out of a codec's JSON what it says of the frame: its data, or the errors that it found in it. */
export function readOutput(text: string): CodecOutcome {
  const unusable: CodecOutcome = { refusal: 'codec_output_unusable', message: '' };
  const result: unknown = parsed(text);
  if (!isObject(result)) return unusable;
  const said = Object.hasOwn(result, 'uplink') ? result.uplink : result;
  if (!isObject(said)) return unusable;
  const errors = Object.hasOwn(said, 'errors') ? said.errors : undefined;
  if (Array.isArray(errors) && errors.length > 0) {
    const words = errors.map((error) => (typeof error === 'string' ? error : JSON.stringify(error)));
    return { refusal: 'codec_failed', message: words.join('; ').slice(0, LONGEST_MESSAGE) };
  }
  const data = Object.hasOwn(said, 'data') ? said.data : undefined;
  return isObject(data) && isWithin(data, DEEPEST) ? { data } : unusable;
}

/** A codec that has changed `JSON` or `toJSON` may have written anything. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isWithin(inner, levels - 1));
}
