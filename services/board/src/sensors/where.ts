import type { SensorView } from '#contracts/http/register/sensor.ts';
import type { BoardText } from '#pact/text/board.ts';
import { placeOf } from '../facade/home-words.ts';

/** Whose home a sensor hangs in; for who may know no names, where that is. */
export const whereOf = (
  { salutation, building, unit, room }: Pick<SensorView, 'salutation' | 'building' | 'unit' | 'room'>,
  words: BoardText,
): string => salutation ?? (building && room ? placeOf({ building, unit, room }, words) : '');
