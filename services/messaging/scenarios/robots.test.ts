import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testRobot } from '#store/register/robot.ts';
import { openRobot } from '../testing/open-robot.ts';
import { openScenario, type Scenario } from '../testing/scenario.ts';

let town: Scenario;
beforeEach(async () => {
  town = await openScenario();
});
afterEach(() => town?.close());

const FORMATS = ['wecom', 'dingtalk', 'feishu', 'json'] as const;
const SECRET = 'SEC-of-the-group';

/** A home whose steward is reached in a group, and by a call else. */
async function missInGroup(format: (typeof FORMATS)[number]) {
  const robotId = await openRobot(town, town.fake.robots.open(format, 'grid-1', SECRET), format, SECRET);
  const home = await town.seed.addHome();
  await town.db
    .updateTable('person')
    .set({ channels: ['robot', 'voice'], robot_id: robotId })
    .where('id', '=', home.primaryId)
    .execute();
  const [missed] = await town.missThese([home]);
  return { ...home, alertId: missed!.alertId, robotId };
}

describe('a page in a group', () => {
  it.each(FORMATS)('is said by the robot of %s, signed as that one wants it', async (format) => {
    const home = await missInGroup(format);
    await town.now();
    expect(town.fake.robots.said).toEqual([
      { format, group: 'grid-1', text: expect.stringContaining(`${home.code}号`), callsAll: false },
    ]);
    expect((await town.messages(home.alertId))[0]).toMatchObject({ channel: 'robot', state: 'accepted' });
  });

  it('is said once the robot is back', async () => {
    const home = await missInGroup('wecom');
    town.fake.network.setDown(true);
    await town.now();
    expect(town.fake.robots.said).toEqual([]);
    town.fake.network.setDown(false);
    await town.pass({ seconds: 10 });
    expect(town.fake.robots.said).toHaveLength(1);
    expect((await town.messages(home.alertId))[0]).toMatchObject({ state: 'accepted' });
  });

  it.each([
    ['wecom', 45009],
    ['dingtalk', 130101],
    ['feishu', 11232],
  ] as const)('of %s is said later when it hears %i: too often', async (format, code) => {
    await missInGroup(format);
    town.fake.robots.refuseNext(code);
    await town.now();
    await town.pass({ seconds: 90 }, 5);
    expect(town.fake.robots.said).toHaveLength(1);
  });

  it.each([
    ['wecom', 93000],
    ['dingtalk', 310000],
    ['feishu', 19021],
    ['json', 404],
  ] as const)(
    'of %s that is not let in (%i) moves to a call at once, and the ladder moves',
    async (format, code) => {
      const home = await missInGroup(format);
      town.fake.robots.refuseNext(code);
      await town.now();
      await town.pass({ seconds: 5 });
      town.phones.expectCall(await town.phoneOf(home.primaryId));
      expect((await town.messages(home.alertId))[0]).toMatchObject({
        state: 'failed',
        failure: `robot_refused (${code})`,
      });
    },
  );

  it('is led nowhere else', async () => {
    const elsewhere = town.fake.robots.open('wecom', 'elsewhere');
    const home = await missInGroup('wecom');
    town.fake.robots.redirectNext(elsewhere);
    await town.now();
    await town.pass({ seconds: 5 });
    expect(town.fake.robots.said).toEqual([]);
    expect((await town.messages(home.alertId))[0]).toMatchObject({ failure: 'robot_refused (307)' });
  });
});

describe('a robot', () => {
  it('says on request that it works', async () => {
    const id = await openRobot(town, town.fake.robots.open('feishu', 'office', SECRET), 'feishu', SECRET);
    await testRobot(town.db, id, { kind: 'token', id: town.seed.communityId }, town.clock.now());
    await town.now();
    expect(town.fake.robots.said.map(({ text }) => text)).toEqual([expect.stringContaining('已接通')]);
  });
});
