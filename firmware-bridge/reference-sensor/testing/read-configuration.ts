import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

/** A value that stands in secrets.yaml under this name. */
export type Secret = { secret: string };
export type Json = null | boolean | number | string | Secret | Json[] | { [key: string]: Json };

/** An ESPHome configuration: the tags it uses are read, nothing is run. */
export function readConfiguration(folder: string, file: string): { [key: string]: Json } {
  const customTags = [
    { tag: '!secret', resolve: (secret: string) => ({ secret }) },
    { tag: '!lambda', resolve: (code: string) => code },
    { tag: '!include', resolve: (included: string) => readConfiguration(folder, included) },
  ];
  const document = parseDocument(readFileSync(join(folder, file), 'utf8'), { customTags });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw problem;
  return document.toJS();
}

/** Every value of this key, however deep it stands. */
export function valuesOf(json: Json | undefined, key: string): Json[] {
  if (typeof json !== 'object' || json === null) return [];
  if (Array.isArray(json)) return json.flatMap((item) => valuesOf(item, key));
  return Object.entries(json).flatMap(([name, value]) => [
    ...(name === key ? [value] : []),
    ...valuesOf(value, key),
  ]);
}
