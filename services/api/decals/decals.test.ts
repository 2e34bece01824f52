import { inflateSync } from 'node:zlib';
import decodeQR from 'qr/decode.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import { type ApiUnderTest, asProgram, startApiUnderTest } from '../testing/api-under-test.ts';
import { FREE_RADIUS, MOTIFS } from './paper-cut.ts';

const PUBLIC_URL = 'http://pact.example.cn';
let api: ApiUnderTest;
let seed: Seed;
const homes: SeededHome[] = [];

beforeAll(async () => {
  api = await startApiUnderTest('2026-11-24T14:00:00+08:00', { publicUrl: PUBLIC_URL });
  seed = await seedCommunity(api.db);
  for (const code of ['7', '12', '103', '104', '105', '106', '107']) homes.push(await seed.addHome({ code }));
});
afterAll(() => api.stop());

const print = (query = '', as?: Record<string, string>) =>
  api.request({ url: `/api/v1/decals.pdf?community=${seed.communityId}${query}`, ...(as ? { as } : {}) });

/** Every stream of a PDF, as text. */
function streamsOf(pdf: Buffer): string[] {
  const text = pdf.toString('latin1');
  return [...text.matchAll(/stream\n([\s\S]*?)\nendstream/g)].flatMap(([, raw = '']) => {
    const bytes = Buffer.from(raw, 'latin1');
    return bytes[0] === 0x78 ? [inflateSync(bytes).toString('latin1')] : [];
  });
}

/** The codes on a page as a phone reads them: each group of rectangles painted, and decoded. */
function codesOn(content: string): string[] {
  return content
    .split(/\/Motif\d Do/)
    .slice(1)
    .map((part) => {
      const rectangles = [...part.matchAll(/(-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) re/g)].map(
        (match) => match.slice(1, 5).map(Number) as [number, number, number, number],
      );
      const half = 60;
      const scale = 5;
      const width = half * 2 * scale;
      const data = new Uint8Array(width * width * 4).fill(255);
      for (const [x, y, w, h] of rectangles) {
        for (let row = Math.round((y + half) * scale); row < Math.round((y + h + half) * scale); row += 1) {
          for (
            let column = Math.round((x + half) * scale);
            column < Math.round((x + w + half) * scale);
            column += 1
          ) {
            data.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3);
          }
        }
      }
      return decodeQR({ width, height: width, data });
    });
}

describe('a sheet of decals', () => {
  it('has every home’s code, which a phone reads as the address of its decal, and says for whom it was printed', async () => {
    const answer = await print();
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/pdf', 'cache-control': 'no-store' });
    const pdf = answer.rawPayload;
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    const pages = streamsOf(pdf).filter((content) => content.includes('Do'));
    expect(pages.map((content) => codesOn(content).length)).toEqual([6, 1]);

    const { items } = (await api.request({ url: `/api/v1/decals?community=${seed.communityId}` })).json();
    const urls = items.map(({ url }: { url: string }) => url);
    expect(pages.flatMap(codesOn)).toEqual(urls);
    expect(new Set(urls).size).toBe(7);
    const audited = await api.db
      .selectFrom('audit_entry')
      .select('action')
      .where('action', '=', 'decals.print')
      .execute();
    expect(audited).toHaveLength(1);
  });

  it('may be of some homes only, of this community', async () => {
    const [, second] = homes;
    const other = await (await seedCommunity(api.db)).addHome();
    const pages = streamsOf((await print(`&households=${second?.id},${other.id}`)).rawPayload);
    expect(pages.filter((content) => content.includes('Do')).flatMap(codesOn)).toHaveLength(1);
    expect((await print(`&households=${other.id}`)).statusCode).toBe(404);
  });

  it('is small though it speaks Chinese, and carries its fonts along', async () => {
    const pdf = (await print()).rawPayload;
    expect(pdf.length).toBeLessThan(200_000);
    expect(pdf.toString('latin1')).toContain('FontFile2');
  });

  it('is for the office only, and not before the service has an address', async () => {
    expect((await print('', await asProgram(api))).statusCode).toBe(403);
    expect((await print('', {})).statusCode).toBe(401);
    const local = await startApiUnderTest('2026-11-24T14:00:00+08:00');
    const answer = await local.request({ url: '/api/v1/decals.pdf' });
    expect([answer.statusCode, answer.json().error.details.reason]).toEqual([409, 'public_url_missing']);
    await local.stop();
  });
});

it('cuts nothing into the middle that is free for the code, and nothing beyond the paper', () => {
  for (const motif of MOTIFS) {
    const [, middle, ...cuts] = motif();
    expect(middle?.from).toEqual([0, -FREE_RADIUS]);
    for (const { from, segments } of cuts) {
      for (const [x, y] of [from, ...segments.map(({ to }) => to)]) {
        expect(Math.hypot(x, y)).toBeGreaterThan(FREE_RADIUS);
        expect(Math.hypot(x, y)).toBeLessThan(100);
      }
    }
  }
});
