import { createRobot } from '#store/register/robot.ts';
import type { MissedMorning } from './missed-morning.ts';

let opened = 0;

/** A robot of the morning's community, at an address that only tests may have: without TLS, on this machine. */
export async function openRobot(
  { db, clock, seed }: Pick<MissedMorning, 'db' | 'clock' | 'seed'>,
  url: string,
  format: 'wecom' | 'dingtalk' | 'feishu' | 'json',
  secret?: string,
): Promise<string> {
  opened += 1;
  const draft = { communityId: seed.communityId, name: `群${opened}`, format, url };
  const robot = await createRobot(
    db,
    { ...draft, ...(secret ? { secret } : {}) },
    { kind: 'test' },
    clock.now(),
  );
  if (!robot.ok) throw new Error(robot.reason);
  return robot.value.id;
}
