import { Temporal } from 'temporal-polyfill';
import { type Clock, sleepUntil } from '#platform/clock.ts';
import type { BoardClient, MorningUpdate } from './board-client.ts';
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
  client: BoardClient;
  clock: Clock;
  signal: AbortSignal;
  onError: (error: unknown) => void;
};

/**
 * The stewards, neighbours and the office of the demo. They act on the messages that they see and on nothing
 * else: a page sets off the answers that the story has for that person, a stand-down ends them.
 */
export function createPeople({ stories, client, clock, signal, onError }: PeopleOptions): People {
  const storyOf = new Map(stories.map((story) => [story.home.code, story]));
  const seen = new Set<string>();
  const started = new Set<string>();
  const stoodDown = new Set<string>();
  const underWay: Promise<void>[] = [];

  const answer = async (
    messageId: string,
    answers: readonly Answer[],
    pagedAt: Temporal.Instant,
    key: string,
  ) => {
    for (const { afterSeconds, text } of answers) {
      await sleepUntil(clock, pagedAt.add({ seconds: afterSeconds }), signal);
      if (signal.aborted || stoodDown.has(key)) return;
      await client.reply(messageId, text);
    }
  };

  return {
    see({ messages }) {
      const fresh = messages.filter(
        (message) => message.direction === 'out' && message.answerable && !seen.has(message.id),
      );
      for (const message of fresh) {
        seen.add(message.id);
        const story = message.code ? storyOf.get(message.code) : undefined;
        const role = story && roleOf(story.home, message.person);
        if (!story || !role) continue;
        const key = `${story.home.code}/${message.person}`;
        if (message.kind === 'stand_down') stoodDown.add(key);
        if (message.kind !== 'page' || started.has(key)) continue;
        started.add(key);
        const answers = story.answers.filter((entry) => entry.by === role);
        const pagedAt = Temporal.Instant.from(message.acceptedAt ?? message.createdAt);
        underWay.push(answer(message.id, answers, pagedAt, key).catch(onError));
      }
    },
    async settled() {
      await Promise.all(underWay);
    },
  };
}

function roleOf(home: Home, name: string | null): Answer['by'] | undefined {
  if (home.primary.name === name) return 'primary';
  if (home.backup.name === name) return 'backup';
  const neighbour = home.neighbours.findIndex((person) => person.name === name);
  if (neighbour >= 0) return neighbour === 0 ? 'neighbour' : 'other_neighbour';
  return undefined;
}
