import { isLow } from '#bridge/decoders/battery.ts';
import { NOTHING_READ, type Reading, Refused } from '#bridge/model.ts';
import type { Mapping } from '#contracts/bridge/mapping.ts';
import { parseRfc3339 } from '#contracts/mqtt/rfc3339.ts';
import { valueAt } from './json-pointer.ts';

/** What a mapping found; `address` and `onceKey` are null where it names none or they are not there. */
export type Mapped = { reading: Reading; address: string | null; onceKey: string | null };

/** The longest address or key that is taken. */
const LONGEST_NAME = 200;
/** What an instant may be, in epoch milliseconds: 2000 to 2100. A device without a clock counts from its start. */
const FIRST_INSTANT = Date.UTC(2000, 0);
const LAST_INSTANT = Date.UTC(2100, 0);
const DECIMAL = /^[+-]?\d{1,15}(?:\.\d{1,9})?$/;

/**
 * Reads parsed JSON that somebody else shaped by the operator's mapping. Each field stands for itself: one that is not
 * there or makes no sense is null, and the others hold.
 * @throws Refused `nothing_mapped` where not one field was found
 */
export function applyMapping(mapping: Mapping, value: unknown): Mapped {
  const at = (field: { path: string } | undefined) => field && valueAt(value, field.path);
  const reading: Reading = {
    ...NOTHING_READ,
    contact: contactOf(mapping.contact, at(mapping.contact)),
    position: positionOf(mapping.position, at(mapping.position)),
    ...batteryOf(mapping.battery, at(mapping.battery)),
    tamper: tamperOf(mapping.tamper, at(mapping.tamper)),
    openings: countOf(at(mapping.openings)),
    deviceAt: instantOf(mapping.at, at(mapping.at)),
  };
  if (saysNothing(reading)) throw new Refused('nothing_mapped');
  return { reading, address: nameOf(at(mapping.address)), onceKey: nameOf(at(mapping.once)) };
}

/** A time alone is about nothing. */
function saysNothing(reading: Reading): boolean {
  const { contact, position, battery, batteryLow, tamper, openings } = reading;
  return [contact, position, battery, batteryLow, tamper, openings].every((field) => field === null);
}

function contactOf(rule: Mapping['contact'], found: unknown): Reading['contact'] {
  if (!rule) return null;
  const isOpen = rule.open.some((value) => value === found);
  const isClosed = rule.closed.some((value) => value === found);
  // A value in both lists says as little as one in neither.
  if (isOpen === isClosed) return null;
  return isOpen ? 'open' : 'closed';
}

function positionOf(rule: Mapping['position'], found: unknown): number | null {
  const position = percentOf(found);
  if (position === null) return null;
  return rule?.inverted ? 100 - position : position;
}

function batteryOf(
  rule: Mapping['battery'],
  found: unknown,
): { battery: number | null; batteryLow: boolean | null } {
  if (rule?.unit === 'percent') return { battery: percentOf(found), batteryLow: null };
  const volts = numberOf(found);
  if (!rule || volts === null || volts <= 0) return { battery: null, batteryLow: null };
  // No rule says which cell it is: dry cells are called low too early by this, which costs a walk and no morning.
  return { battery: null, batteryLow: isLow(rule.unit === 'volts' ? volts : volts / 1_000, 'li_coin') };
}

function tamperOf(rule: Mapping['tamper'], found: unknown): boolean | null {
  if (!rule || found === undefined || found === null) return null;
  return rule.when.some((value) => value === found);
}

function instantOf(rule: Mapping['at'], found: unknown): number | null {
  if (!rule) return null;
  const instant =
    rule.unit === 'rfc3339' ? rfc3339Of(found) : scaled(numberOf(found), rule.unit === 'seconds' ? 1_000 : 1);
  return instant !== null && instant >= FIRST_INSTANT && instant < LAST_INSTANT ? instant : null;
}

function rfc3339Of(found: unknown): number | null {
  return typeof found === 'string' ? (parseRfc3339(found) ?? null) : null;
}

const scaled = (found: number | null, by: number) => (found === null ? null : Math.round(found * by));

function percentOf(found: unknown): number | null {
  const percent = numberOf(found);
  return percent !== null && percent >= 0 && percent <= 100 ? Math.round(percent) : null;
}

function countOf(found: unknown): number | null {
  const count = numberOf(found);
  return count !== null && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

/** A number, or one that was written as text. */
function numberOf(found: unknown): number | null {
  if (typeof found === 'string' && DECIMAL.test(found)) return Number(found);
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
}

function nameOf(found: unknown): string | null {
  if (typeof found === 'number' && Number.isSafeInteger(found)) return String(found);
  return typeof found === 'string' && found !== '' && found.length <= LONGEST_NAME ? found : null;
}
