import { expect, test } from 'vitest';
import { home } from '../testing/home.ts';
import { unseenCodes } from './unseen.ts';

test('whoever goes round by hand is given every home that nobody has seen, also one that is not judged yet', () => {
  const deadlineAt = '2026-11-24T00:00:00Z';
  const homes = [
    home({ code: '01', state: 'kept', deadlineAt }),
    home({ code: '02', state: 'missed', deadlineAt }),
    home({ code: '03', state: 'going', deadlineAt }),
    home({ code: '04', state: 'awaiting', deadlineAt }),
    home({ code: '05', state: 'awaiting', deadlineAt: '2026-11-24T01:00:00Z' }),
    home({ code: '06', state: 'visited', deadlineAt }),
  ];
  expect(unseenCodes({ homes, now: '2026-11-24T00:01:00Z' })).toEqual(['02', '03', '04']);
});
