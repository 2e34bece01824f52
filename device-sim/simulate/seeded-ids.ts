import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

let next: (() => string) | undefined;
const original = crypto.randomUUID;

/**
 * Lets every `randomUUID()` of this process come from a seed: ids decide the order of rows that are otherwise alike,
 * so that a seed could not be replayed with ids of chance. For processes that do nothing but simulate.
 */
export function seedIds(nextUuid: () => string): void {
  next = nextUuid;
  if (crypto.randomUUID !== original) return;
  crypto.randomUUID = () => (next?.() ?? original()) as ReturnType<typeof original>;
  syncBuiltinESMExports();
}
