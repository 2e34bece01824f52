import { expect, it } from 'vitest';
import { readDemoOptions } from './demo-options.ts';

const read = (...args: string[]) => readDemoOptions(['node', 'demo', ...args], {});

it('one JSON object at the end means that nobody watches, so --json runs as with --once', () => {
  expect(read('--json')).toMatchObject({ once: true, json: true });
  expect(read('--json')).toEqual({ ...read('--json', '--once'), once: true });
  expect(read()).toMatchObject({ once: false, json: false });
});

it('the scale-out morning hears our own sensors alone, watched or not', () => {
  expect(read('--scale-out', '--json')).toMatchObject({ scaleOut: true, once: true, sources: 'own' });
  expect(read()).toMatchObject({ scaleOut: false });
});
