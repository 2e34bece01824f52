import type { CareDoorView, CarePress } from '#contracts/http/care.ts';
import type { DoorPress, DoorView } from '#contracts/http/door.ts';

/** What the phone keeps: its links, presses that were not sent, and how each link looked last. */
type Sent = { link: string };

const LINKS = 'pact.door.links';
const VIEW = 'pact.door.view.';
const MOST_LINKS = 20;

/** A phone that keeps nothing still works as long as its page is open. */
const memory = new Map<string, string>();

function read<T>(key: string, none: T): T {
  try {
    const text = localStorage.getItem(key) ?? memory.get(key);
    return text ? (JSON.parse(text) as T) : none;
  } catch (error) {
    console.warn('not readable', error);
    const text = memory.get(key);
    return text ? (JSON.parse(text) as T) : none;
  }
}

function write(key: string, value: unknown): void {
  const text = JSON.stringify(value);
  memory.set(key, text);
  try {
    localStorage.setItem(key, text);
  } catch (error) {
    console.warn('not kept', error);
  }
}

export const links = (): string[] => read<string[]>(LINKS, []);
export function rememberLink(link: string): void {
  write(LINKS, [link, ...links().filter((other) => other !== link)].slice(0, MOST_LINKS));
}
/** A link that is over takes what it showed along. */
export function forgetLink(link: string): void {
  write(
    LINKS,
    links().filter((other) => other !== link),
  );
  memory.delete(VIEW + link);
  try {
    localStorage.removeItem(VIEW + link);
  } catch (error) {
    console.warn('not forgotten', error);
  }
}

/** What was pressed and not sent yet; kept before it is sent. */
function createWaiting<T extends { key: string }>(name: string) {
  const all = (): T[] => read<T[]>(name, []);
  return {
    all,
    keep: (press: T): void => write(name, [...all(), press]),
    drop: (key: string): void =>
      write(
        name,
        all().filter((press) => press.key !== key),
      ),
  };
}
export const waiting = createWaiting<DoorPress & Sent>('pact.door.waiting');
export const careWaiting = createWaiting<CarePress & Sent>('pact.door.care-waiting');

const viewOf = <T>() => ({
  last: (link: string): T | undefined => read<T | undefined>(VIEW + link, undefined),
  keep: (link: string, view: T): void => write(VIEW + link, view),
});
export const doorView = viewOf<DoorView>();
export const careView = viewOf<CareDoorView>();
