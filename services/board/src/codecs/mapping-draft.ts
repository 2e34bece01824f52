import type { Mapping } from '#contracts/bridge/mapping.ts';

/** What a field of somebody's JSON can be to us. */
export const MAPPED = ['contact', 'position', 'battery', 'tamper', 'openings', 'at'] as const;
export type Mapped = (typeof MAPPED)[number];
type Scalar = string | number | boolean;
type Unit = NonNullable<Mapping['battery'] | Mapping['at']>['unit'];

/** A rule as it stands in the form: values are text there, of the type that the field has in the sample. */
export type RuleDraft = {
  path: string;
  type?: 'string' | 'number' | 'boolean';
  open?: string;
  closed?: string;
  when?: string;
  inverted?: boolean;
  unit?: Unit;
};
export type MappingDraft = Partial<Record<Mapped, RuleDraft>>;

export const UNITS = {
  battery: ['percent', 'volts', 'millivolts'],
  at: ['rfc3339', 'seconds', 'milliseconds'],
} as const;

export type Leaf = { path: string; value: Scalar | null };
const MOST_LEAVES = 200;
/** What a pointer of a mapping may be. */
const POINTER = /^(?:\/[^/]{0,100}){1,8}$/;

/** Every value of some JSON with the pointer that leads to it (RFC 6901). */
export function leavesOf(data: unknown, at = ''): Leaf[] {
  if (typeof data !== 'object' || data === null) {
    return POINTER.test(at) ? [{ path: at, value: data as Scalar | null }] : [];
  }
  const inner = Object.entries(data).flatMap(([key, value]) =>
    leavesOf(value, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
  return inner.slice(0, MOST_LEAVES);
}

/** A rule for a field, begun by what the sample shows. */
export function ruleFor(mapped: Mapped, { path, value }: Leaf): RuleDraft {
  const type = typeof value;
  const known = type === 'number' || type === 'boolean' ? type : 'string';
  if (mapped === 'battery') return { path, unit: UNITS.battery[0] };
  if (mapped === 'at') {
    if (known !== 'number') return { path, unit: UNITS.at[0] };
    return { path, unit: Number(value) > 1e11 ? UNITS.at[2] : UNITS.at[1] };
  }
  return mapped === 'contact' || mapped === 'tamper' ? { path, type: known } : { path };
}

/** Which value most likely says the opposite, where there is one. */
const OPPOSITES: readonly (readonly [string, string])[] = [
  ['true', 'false'],
  ['1', '0'],
  ['open', 'closed'],
  ['opened', 'closed'],
  ['open', 'close'],
  ['on', 'off'],
];

/** The rule once somebody has said what the curtain of the sample was. */
export function told(rule: RuleDraft, value: Leaf['value'], was: 'open' | 'closed'): RuleDraft {
  const seen = String(value);
  const pair = OPPOSITES.find((both) => both.includes(seen.toLowerCase()));
  const other = pair?.find((one) => one !== seen.toLowerCase()) ?? '';
  const opposite = seen === seen.toUpperCase() ? other.toUpperCase() : other;
  return was === 'open'
    ? { ...rule, open: seen, closed: rule.closed && rule.closed !== seen ? rule.closed : opposite }
    : { ...rule, closed: seen, open: rule.open && rule.open !== seen ? rule.open : opposite };
}

/** The mapping as far as it is complete. */
export function mappingOf({ contact, position, battery, tamper, openings, at }: MappingDraft): Mapping {
  const mapping: Mapping = {};
  const open = valuesOf(contact?.open, contact?.type);
  const closed = valuesOf(contact?.closed, contact?.type);
  if (contact && open.length > 0 && closed.length > 0) mapping.contact = { path: contact.path, open, closed };
  if (position) mapping.position = { path: position.path, ...(position.inverted ? { inverted: true } : {}) };
  const ofBattery = UNITS.battery.find((unit) => unit === battery?.unit);
  if (battery && ofBattery) mapping.battery = { path: battery.path, unit: ofBattery };
  const when = valuesOf(tamper?.when, tamper?.type);
  if (tamper && when.length > 0) mapping.tamper = { path: tamper.path, when };
  if (openings) mapping.openings = { path: openings.path };
  const ofTime = UNITS.at.find((unit) => unit === at?.unit);
  if (at && ofTime) mapping.at = { path: at.path, unit: ofTime };
  return mapping;
}

/** The form of a mapping that was kept. */
export function draftOf(mapping: Mapping): MappingDraft {
  const { contact, position, battery, tamper, openings, at } = mapping;
  const text = (values: readonly Scalar[]) => values.map(String).join(', ');
  return {
    ...(contact
      ? {
          contact: {
            ...{ path: contact.path, type: typeOf(contact.open[0]) },
            ...{ open: text(contact.open), closed: text(contact.closed) },
          },
        }
      : {}),
    ...(position ? { position } : {}),
    ...(battery ? { battery } : {}),
    ...(tamper
      ? { tamper: { path: tamper.path, type: typeOf(tamper.when[0]), when: text(tamper.when) } }
      : {}),
    ...(openings ? { openings } : {}),
    ...(at ? { at } : {}),
  };
}

const typeOf = (value: unknown): NonNullable<RuleDraft['type']> =>
  typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'string';

/** What was typed, with commas of either language between. */
function valuesOf(text = '', type: RuleDraft['type'] = 'string'): Scalar[] {
  const parts = text
    .split(/[,,]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (type === 'number') return parts.map(Number).filter((value) => !Number.isNaN(value));
  if (type === 'boolean')
    return parts.flatMap((part) => (/^true$/i.test(part) ? true : /^false$/i.test(part) ? false : []));
  return parts;
}

/** A frame as somebody pasted it: pairs of hex digits with whatever between them, else base64. */
export function sampleOf(text: string): { hex: string } | { base64: string } | undefined {
  const typed = text.trim();
  if (/^(?:[\s:,-]*(?:0x)?[0-9a-f]{2})+[\s:,-]*$/i.test(typed)) return { hex: typed };
  return typed !== '' && /^(?:[\w+/-]{4})*(?:[\w+/-]{2}==|[\w+/-]{3}=)?$/.test(typed)
    ? { base64: typed }
    : undefined;
}
