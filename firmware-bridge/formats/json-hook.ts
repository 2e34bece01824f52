import type { Mapping } from '#contracts/bridge/mapping.ts';
import { type Reading, Refused, type Said, type SourceReader } from '../model.ts';
import { isObject, readJson } from './read-json.ts';
import { gather, reading } from './said.ts';
import { addressOf } from './scalars.ts';

/** Reads one JSON value by the operator's rules. @throws Refused */
export type ApplyMapping = (
  mapping: Mapping,
  value: unknown,
) => { reading: Reading; address: string | null; onceKey: string | null };

/**
 * Anybody's JSON, pushed by HTTP: one object or an array of them, each read by the operator's own mapping. Nobody but
 * the mapping says whom it is about.
 */
export const jsonHook = (mapping: Mapping, applyMapping: ApplyMapping): SourceReader => ({
  debounceMs: 0,
  read({ payload }): Said {
    const body = readJson(payload);
    return gather(isObject(body) ? [body] : body, (value) => {
      if (!isObject(value)) throw new Refused('not_an_object');
      const mapped = applyMapping(mapping, value);
      return [reading({ address: addressOf(mapped.address), onceKey: mapped.onceKey }, mapped.reading)];
    });
  },
});
