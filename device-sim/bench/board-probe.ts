/**
 * What the bench asks of the page. Strings, because they run in the browser, by its driver.
 */

/** Notes when each window's tone changes, and when that was on the screen: after the frame that draws it. */
export const WATCH = `(() => {
  const changes = [];
  window.benchChanges = changes;
  const now = () => performance.timeOrigin + performance.now();
  new MutationObserver((records) => {
    const at = now();
    const fresh = records.map(({ target }) => ({ id: target.dataset.home, tone: target.dataset.tone, at, shownAt: 0 }));
    changes.push(...fresh);
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => { const shownAt = now(); for (const change of fresh) change.shownAt = shownAt; };
      channel.port2.postMessage(0);
    });
  }).observe(document.querySelector('.homes'), { subtree: true, attributes: true, attributeFilter: ['data-tone'] });
})()`;

export type Change = { id: string; tone: string; at: number; shownAt: number };

/** The changes that are on the screen by now, which are then forgotten; those of the next frame stay until it is drawn. */
export const TAKE = `(() => {
  const next = window.benchChanges.findIndex(({ shownAt }) => shownAt === 0);
  return window.benchChanges.splice(0, next < 0 ? Infinity : next);
})()`;

export const NOW = 'performance.timeOrigin + performance.now()';

/** Every home that is drawn waits, as before anybody got up. */
export const NOBODY_UP = `document.querySelectorAll('[data-tone="kept"]:not(.sample)').length === 0`;

/** Answers with the milliseconds between frames over so long, scrolling up and down meanwhile or not. */
export const frames = (forMs: number, step: 0 | 60): string => `new Promise((resolve) => {
  const homes = document.querySelector('.homes');
  const frames = [];
  const startedAt = performance.now();
  let last = startedAt;
  let step = ${step};
  const frame = (at) => {
    frames.push(at - last);
    last = at;
    if (at - startedAt > ${forMs}) return resolve(frames.slice(1));
    const before = homes.scrollTop;
    homes.scrollTop += step;
    if (homes.scrollTop === before) step = -step;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})`;
