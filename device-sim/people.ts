import { Temporal } from 'temporal-polyfill';
import type { MessageView } from '#contracts/http/today.ts';
import { type Clock, sleepUntil } from '#platform/clock.ts';
import type { MorningUpdate } from './board-client.ts';
import type { Phones } from './fake-provider/phones.ts';
import type { Home } from './neighbourhood.ts';
import type { Answer, Story } from './stories.ts';

export type People = {
  /** Shows them what has come to their phones. */
  see(update: MorningUpdate): void;
  /** Waits for the answers that are being written. */
  settled(): Promise<void>;
};

export type PeopleOptions = {
  stories: readonly Story[];
  phones: Phones;
  clock: Clock;
  signal: AbortSignal;
  onError: (error: unknown) => void;
};

/**
 * The stewards, neighbours and the office of the demo. They act on the messages that they see and on nothing
 * else: a page sets off the answers that the story has for that person, a stand-down ends them.
 */
export function createPeople({ stories, phones, clock, signal, onError }: PeopleOptions): People {
  const storyOf = new Map(stories.map((story) => [story.home.code, story]));
  const seen = new Set<string>();
  const started = new Set<string>();
  const stoodDown = new Set<string>();
  const underWay: Promise<void>[] = [];

  const answer = async (
    phone: string,
    answers: readonly Answer[],
    pagedAt: Temporal.Instant,
    key: string,
  ) => {
    for (const { afterSeconds, text } of answers) {
      await sleepUntil(clock, pagedAt.add({ seconds: afterSeconds }), signal);
      if (signal.aborted || stoodDown.has(key)) return;
      phones.write(phone, text);
    }
  };

  return {
    see({ messages }) {
      const fresh = messages.filter(
        (message) => message.direction === 'out' && hasArrived(message) && !seen.has(message.id),
      );
      for (const message of fresh) {
        seen.add(message.id);
        const story = message.code ? storyOf.get(message.code) : undefined;
        const found = story && findPerson(story.home, message.person);
        if (!story || !found) continue;
        const { role, phone } = found;
        const key = `${story.home.code}/${message.person}`;
        if (message.kind === 'stand_down') stoodDown.add(key);
        if (message.kind !== 'page' || started.has(key)) continue;
        started.add(key);
        const answers = story.answers.filter((entry) => entry.by === role);
        const pagedAt = Temporal.Instant.from(message.acceptedAt ?? message.createdAt);
        underWay.push(answer(phone, answers, pagedAt, key).catch(onError));
      }
    },
    async settled() {
      await Promise.all(underWay);
    },
  };
}

/** A text, or a call that was answered: whoever has heard of a home in one way answers for it once. */
const hasArrived = ({ channel, state }: MessageView): boolean =>
  state === 'delivered' || (channel === 'sms' && state === 'accepted');

function findPerson(home: Home, name: string | null): { role: Answer['by']; phone: string } | undefined {
  const { primary, backup, neighbours } = home;
  if (primary.name === name) return { role: 'primary', phone: primary.phone };
  if (backup.name === name) return { role: 'backup', phone: backup.phone };
  const neighbour = neighbours.find((person) => person.name === name);
  if (!neighbour) return undefined;
  return { role: neighbour === neighbours[0] ? 'neighbour' : 'other_neighbour', phone: neighbour.phone };
}
