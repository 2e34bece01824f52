import { expect, test } from 'vitest';
import { compareOnWalk, floorOf, type Place } from './place.ts';

test('a floor that nobody registered is read from the room, the ground floor of twelve included', () => {
  expect(floorOf({ floor: null, room: '501' })).toBe(5);
  expect(floorOf({ floor: null, room: '1203' })).toBe(12);
  expect(floorOf({ floor: 0, room: '501' })).toBe(0);
});

const place = (building: string, unit: string | null, room: string, floor: number | null = null): Place => ({
  ...{ building, unit, room, floor },
});

test.each([
  ['buildings by their numbers', place('2号楼', null, '101'), place('10号楼', null, '101')],
  ['buildings named in words', place('三号楼', null, '101'), place('十号楼', null, '101')],
  ['words and digits alike', place('二十一栋', null, '101'), place('22栋', null, '101')],
  ['units inside a building', place('2号楼', '二单元', '601'), place('2号楼', '三单元', '101')],
  ['floors from the ground up', place('2号楼', '1', '902'), place('2号楼', '1', '1001')],
  ['the registered floor before the room', place('2号楼', '1', '东户', 2), place('2号楼', '1', '301')],
  ['rooms of a floor', place('2号楼', '1', '302'), place('2号楼', '1', '303')],
  ['a home without a floor first', place('2号楼', '1', '门卫'), place('2号楼', '1', '101')],
])('who walks takes %s', (_what, first, second) => {
  expect(compareOnWalk(first, second)).toBeLessThan(0);
  expect(compareOnWalk(second, first)).toBeGreaterThan(0);
});

test('homes of which no floor is known are told apart by their rooms', () => {
  expect(compareOnWalk(place('院内', null, '甲'), place('院内', null, '甲'))).toBe(0);
  expect(compareOnWalk(place('院内', null, '2'), place('院内', null, '11'))).toBeLessThan(0);
});
