import type { TodayChange } from '#contracts/http/today.ts';

export type Heard = { id: string; at: number };

/** Follows the live stream without a page: what the board's own part is measured against. */
export async function followBare(
  url: string,
  cookie: { name: string; value: string },
): Promise<{ heard: Heard[]; close(): void }> {
  const ending = new AbortController();
  const response = await fetch(url, {
    headers: { cookie: `${cookie.name}=${cookie.value}` },
    signal: ending.signal,
  });
  if (!response.ok || !response.body) throw new Error(`the stream answered ${response.status}`);
  const heard: Heard[] = [];
  const reading = read(response.body, (change) => {
    const at = performance.timeOrigin + performance.now();
    for (const home of change.homes) if (home.state === 'kept') heard.push({ id: home.householdId, at });
  });
  reading.catch((error: unknown) => {
    if (!ending.signal.aborted) throw error;
  });
  return { heard, close: () => ending.abort() };
}

async function read(body: ReadableStream<Uint8Array>, take: (change: TodayChange) => void): Promise<void> {
  let text = '';
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    const frames = (text + part).split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) {
      const data = /^data: (.*)$/m.exec(frame)?.[1];
      if (data && frame.includes('event: change')) take(JSON.parse(data) as TodayChange);
    }
  }
}
