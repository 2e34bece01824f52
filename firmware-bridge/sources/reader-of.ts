import type { SourceSetting } from '#store/bridge/setting.ts';
import { jsonHook } from '../formats/json-hook.ts';
import { READERS } from '../formats/registry.ts';
import { applyMapping } from '../mapping/apply-mapping.ts';
import { Refused, type SourceReader } from '../model.ts';

const hooks = new WeakMap<object, SourceReader>();

/** Who reads what a source says; a JSON hook by its own mapping. */
export function readerOf({ format, mapping }: SourceSetting): SourceReader {
  if (format !== 'json_hook') return READERS[format];
  if (mapping === null) return UNMAPPED;
  const known = hooks.get(mapping) ?? jsonHook(mapping, applyMapping);
  hooks.set(mapping, known);
  return known;
}

const UNMAPPED: SourceReader = {
  debounceMs: 0,
  read() {
    throw new Refused('nothing_mapped');
  },
};
