import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordBackup, recordFailure } from '#store/backup/backup-runs.ts';
import { type ApiUnderTest, startApiUnderTest } from './testing/api-under-test.ts';

const NOW = Temporal.Instant.from('2026-11-24T10:00:00+08:00');
const BY = { kind: 'system' };

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApiUnderTest('2026-11-24T10:00:00+08:00');
}, 60_000);
afterAll(() => api?.stop());

const look = async () => (await api.request({ url: '/api/v1/backups' })).json();

test('the office sees that there is none, then the last one and why the next failed', async () => {
  expect(await look()).toEqual({ nightly: false, last: null, failed: null });
  const begunAt = NOW.subtract({ hours: 37 });
  await recordBackup(
    api.db,
    { nightlyOn: '2026-11-22', begunAt, actor: BY },
    { file: 'a.age', bytes: 4_200_000 },
    begunAt,
  );
  const last = {
    at: '2026-11-22T13:00:00.000Z',
    file: 'a.age',
    bytes: 4_200_000,
    nightly: true,
    isOld: true,
  };
  expect(await look()).toEqual({ nightly: false, last, failed: null });
  const failedAt = NOW.subtract({ hours: 6 });
  await recordFailure(api.db, { nightlyOn: '2026-11-24', begunAt: failedAt, actor: BY }, 'BACKUP_FAILED');
  const failed = { at: '2026-11-23T20:00:00.000Z', code: 'BACKUP_FAILED' };
  expect(await look()).toEqual({ nightly: false, last, failed });
  await recordBackup(api.db, { begunAt: NOW, actor: { kind: 'cli' } }, { file: 'b.age', bytes: 1 }, NOW);
  expect(await look()).toMatchObject({
    last: { file: 'b.age', nightly: false, isOld: false },
    failed: null,
  });
});
