import type { SeededRandom } from './seeded-random.ts';

/** The demo's community: invented people, and phone numbers of one block that no network has given out to them. */
export type Neighbourhood = {
  community: string;
  grids: readonly string[];
  stewards: readonly Person[];
  neighbours: readonly Person[];
  office: Person;
  homes: readonly Home[];
};

export type Person = { code: string; name: string; phone: string; grid: string };

export type Home = {
  /** Two digits, as people answer by SMS: 01 to 45. */
  code: string;
  salutation: string;
  resident: { name: string; birthYear: number; hearingWeak: boolean };
  grid: string;
  building: string;
  unit: string;
  floor: number;
  room: string;
  primary: Person;
  backup: Person;
  neighbours: readonly Person[];
};

const BUILDINGS = ['3栋', '5栋', '7栋'];
const HOMES_PER_BUILDING = 15;
const ROOMS_PER_FLOOR = 3;
const STEWARDS = 35;

// Common family names and given names, combined by chance: nobody is meant.
const FAMILY_NAMES = [
  ...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾',
];
const ELDERS_GIVEN = [
  '秀英',
  '桂兰',
  '玉珍',
  '淑芬',
  '凤英',
  '建国',
  '德福',
  '长庚',
  '素梅',
  '振华',
  '桂枝',
  '兰香',
];
const OTHERS_GIVEN = [
  '敏',
  '伟',
  '丽',
  '强',
  '静',
  '磊',
  '洋',
  '艳',
  '勇',
  '娟',
  '涛',
  '霞',
  '军',
  '燕',
  '鹏',
];

/** 35 stewards, ten neighbours, a duty phone and 45 homes in three buildings. */
export function inventNeighbourhood(random: SeededRandom): Neighbourhood {
  const grids = BUILDINGS.map((building) => `${building}网格`);
  let serial = 0;
  const person = (code: string, grid: string, name: string): Person => {
    serial += 1;
    return { code, grid, name, phone: `+861990000${String(serial).padStart(4, '0')}` };
  };
  // Every name once: people tell each other apart by it on the board.
  const names = random
    .shuffled(FAMILY_NAMES.flatMap((family) => OTHERS_GIVEN.map((given) => family + given)))
    .values();
  const nextName = () => names.next().value ?? '';

  const gridOf = (index: number) => grids[index % grids.length] ?? '';
  const stewards = Array.from({ length: STEWARDS }, (_, i) =>
    person(`S${pad(i + 1)}`, gridOf(i), nextName()),
  );
  const neighbours = Array.from({ length: 10 }, (_, i) => person(`N${pad(i + 1)}`, gridOf(i), nextName()));
  const office = person('B01', gridOf(0), '值班电话');

  const homes = Array.from({ length: BUILDINGS.length * HOMES_PER_BUILDING }, (_, i): Home => {
    const inBuilding = i % HOMES_PER_BUILDING;
    const buildingIndex = Math.floor(i / HOMES_PER_BUILDING);
    const floor = Math.floor(inBuilding / ROOMS_PER_FLOOR) + 1;
    const family = random.pick(FAMILY_NAMES);
    const isWoman = random.next() < 0.65;
    const grid = gridOf(buildingIndex);
    return {
      code: pad(i + 1),
      salutation: `${family}${isWoman ? '奶奶' : '爷爷'}`,
      resident: {
        name: family + random.pick(ELDERS_GIVEN),
        birthYear: random.between(1934, 1954),
        hearingWeak: random.next() < 0.2,
      },
      grid,
      building: BUILDINGS[buildingIndex] ?? '',
      unit: '1单元',
      floor,
      room: `${floor}0${(inBuilding % ROOMS_PER_FLOOR) + 1}`,
      primary: at(stewards, i),
      backup: at(stewards, i + 11),
      neighbours: [at(neighbours, i), at(neighbours, i + 3)],
    };
  });
  return { community: '东苑社区', grids, stewards, neighbours, office, homes };
}

const pad = (number: number) => String(number).padStart(2, '0');
const at = (people: readonly Person[], index: number): Person => people[index % people.length] as Person;
