import { SOURCE_FORMATS, type SourceFormat } from '#contracts/bridge/formats.ts';
import type { SourceView } from '#contracts/http/register/source.ts';
import type { SourcesText } from '#pact/text/board-sources.ts';
import { ApiProblem } from '../app/api.ts';
import type { FormField, FormValues } from '../register/edit-sheet.tsx';

/** What a form asks of a source of this format. */
export function sourceFields(format: SourceFormat, words: SourcesText, isNew: boolean): FormField[] {
  const { kind } = SOURCE_FORMATS[format];
  const labels = words.fields;
  const name: FormField = {
    ...{ kind: 'text', name: 'name', label: labels.name, hint: labels.nameHint, required: true, most: 24 },
  };
  const mapping: FormField = {
    ...{ kind: 'area', name: 'mapping', label: labels.mapping, hint: labels.mappingHint, most: 4_000 },
  };
  if (kind !== 'mqtt') return format === 'json_hook' ? [name, mapping] : [name];
  return [
    name,
    { kind: 'text', name: 'url', label: labels.url, hint: labels.urlHint, required: true, most: 300 },
    { kind: 'text', name: 'username', label: labels.username, hint: labels.usernameHint, most: 200 },
    {
      kind: 'secret',
      name: 'secret',
      label: labels.secret,
      hint: isNew ? labels.secretHint : labels.secretKeep,
      most: 500,
      pattern: '.+',
    },
    { kind: 'area', name: 'topics', label: labels.topics, hint: labels.topicsHint, most: 2_000 },
    { kind: 'area', name: 'ca', label: labels.ca, most: 20_000 },
    { kind: 'check', name: 'announces', label: labels.announces },
  ];
}

/** A hook whose JSON says a device and whether a door is open. */
const SAMPLE_MAPPING = {
  address: { path: '/device' },
  contact: { path: '/open', open: [true], closed: [false] },
  battery: { path: '/battery', unit: 'percent' },
};

/** What stands in the form of a new source. */
export const offeredFor = (format: SourceFormat): FormValues => ({
  topics: SOURCE_FORMATS[format].topics.join('\n') || null,
  ...(format === 'json_hook' ? { mapping: JSON.stringify(SAMPLE_MAPPING, undefined, 2) } : {}),
});

/** A source as its form shows it. */
export const valuesOf = (source: SourceView): FormValues => ({
  ...{ name: source.name, url: source.url, username: source.username, announces: source.announces },
  topics:
    (source.topics.length > 0 ? source.topics : SOURCE_FORMATS[source.format].topics).join('\n') || null,
  mapping: source.mapping && JSON.stringify(source.mapping, undefined, 2),
});

/**
 * What was typed, as the service takes it.
 * @throws ApiProblem where the mapping is no JSON
 */
export function typed(changes: FormValues, format: SourceFormat): object {
  const { topics, mapping, secret, ...others } = changes;
  const lines = String(topics ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const isUsual = lines.join() === SOURCE_FORMATS[format].topics.join();
  return {
    ...others,
    ...(topics === undefined ? {} : { topics: isUsual ? [] : lines }),
    ...(mapping === undefined ? {} : { mapping: mapping === null ? null : readMapping(String(mapping)) }),
    ...(secret ? { secret } : {}),
  };
}

function readMapping(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiProblem(422, {
      ...{ code: 'REGISTER_INVALID', message: String(error), details: { reason: 'mapping_unreadable' } },
    });
  }
}
