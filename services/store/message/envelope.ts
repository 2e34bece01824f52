import type { Channel } from '#pact/ladder.ts';
import type { MessageContent } from '#pact/text/content.ts';
import { MOST_LISTED } from '#pact/text/sms.ts';

/** What must be known of a message to put it into an envelope. */
export type Addressed = {
  id: string;
  kind: string;
  state: string;
  urgency: number;
  channel: Channel;
  personId: string | null;
  robotId: string | null;
  alertId: string | null;
  householdId: string | null;
  step: number | null;
  envelopeId: string | null;
  content: MessageContent | null;
};

export type Filled<M> = { leader: M; members: readonly M[]; list: MessageContent | undefined };

/**
 * Puts pages that wait for the same person on the same channel into one envelope, a handful of homes each, the
 * most endangered first; everything else goes alone. An emergency goes alone, with all its words. What has
 * been handed to a provider before stays as it is, because the provider may know it by that.
 */
export function fillEnvelopes<M extends Addressed>(messages: readonly M[]): Filled<M>[] {
  const groups = Map.groupBy(messages, (message) =>
    isListable(message) ? `${message.personId}/${message.channel}/${message.robotId}` : message.id,
  );
  return [...groups.values()].flatMap((group) => {
    const homes = [...Map.groupBy(group, ({ householdId, id }) => householdId ?? id).values()].sort(
      (a, b) => riskOf(b) - riskOf(a),
    );
    const envelopes: Filled<M>[] = [];
    for (let from = 0; from < homes.length; from += MOST_LISTED) {
      envelopes.push(fill(homes.slice(from, from + MOST_LISTED)));
    }
    return envelopes;
  });
}

/** A single home speaks with its newest page; several are a list. */
function fill<M extends Addressed>(homes: readonly (readonly M[])[]): Filled<M> {
  const newest = homes.map((pages) => pages.reduce((a, b) => ((b.step ?? 0) > (a.step ?? 0) ? b : a)));
  const leader = newest[0] as M;
  const members = homes.flat();
  if (newest.length === 1) return { leader, members, list: undefined };
  return {
    leader,
    members,
    list: {
      kind: 'list',
      list: {
        homes: newest.flatMap(({ content }) =>
          content?.kind === 'page' ? [{ code: content.page.home.code, place: content.page.home.place }] : [],
        ),
        step: Math.min(...newest.map(({ step }) => step ?? 0)),
      },
    },
  };
}

const isListable = ({ kind, state, content, personId, envelopeId }: Addressed): boolean =>
  kind === 'page' &&
  state === 'planned' &&
  envelopeId === null &&
  personId !== null &&
  content?.kind === 'page' &&
  !content.page.emergency;

const riskOf = (pages: readonly Addressed[]): number =>
  Math.max(...pages.map(({ content }) => (content?.kind === 'page' ? (content.page.risk ?? 0) : 0)));
