import type { HomeView } from '#contracts/http/today.ts';

/** What Home Assistant is told of a home: no name, no address, no telephone, and of the household its number only. */
export type AnnouncedHome = Pick<
  HomeView,
  'householdId' | 'code' | 'state' | 'curtain' | 'proofAt' | 'deadlineAt'
>;

/** A retained message; an empty payload takes back what stands under its topic. */
export type Announcement = { topic: string; payload: string };

/** `visited`: somebody has been there, and what they found is nobody's business here. */
type AnnouncedVerdict = 'awaiting' | 'kept' | 'missed' | 'visited' | 'excused';

const ORIGIN = { name: 'curtain-pact' };

/**
 * `online` while we are connected to the source's broker. Whoever connects gives it as its last will, with `offline`
 * and retained: homes of which nobody knows any more are then unavailable.
 */
export const availabilityTopic = (sourceId: string): string =>
  `curtain_pact/source_${shortOf(sourceId)}/availability`;

/**
 * A home as Home Assistant discovers it, a config and a state
 * (https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery): one entity for its day, a problem where it was
 * missed and nobody has been there, and one for its curtain. The day is named by the number of the household; the
 * curtain has no name, so that Home Assistant names it in its own language.
 */
export function homeMessages(sourceId: string, home: AnnouncedHome): Announcement[] {
  const name = nameOf(home.householdId);
  const { day, curtain, state } = topicsOf(home.householdId);
  const common = {
    state_topic: state,
    availability_topic: availabilityTopic(sourceId),
    origin: ORIGIN,
    device: { identifiers: [name], name: home.code },
  };
  const dayConfig = {
    ...common,
    name: null,
    unique_id: name,
    device_class: 'problem',
    value_template: templateOf('verdict', { ON: ['missed'], OFF: ['kept', 'visited', 'excused'] }),
    json_attributes_topic: state,
  };
  const curtainConfig = {
    ...common,
    unique_id: `${name}_curtain`,
    device_class: 'opening',
    value_template: templateOf('curtain', { ON: ['open'], OFF: ['closed'] }),
  };
  return [
    { topic: state, payload: JSON.stringify(stateOf(home)) },
    { topic: day, payload: JSON.stringify(dayConfig) },
    { topic: curtain, payload: JSON.stringify(curtainConfig) },
  ];
}

/** Takes a home back; Home Assistant then forgets it. */
export const farewellMessages = (householdId: string): Announcement[] =>
  Object.values(topicsOf(householdId)).map((topic) => ({ topic, payload: '' }));

/** The last twelve digits: the first ones of some ids are a time, and many homes are enrolled at once. */
const shortOf = (id: string): string => id.replaceAll('-', '').slice(-12);
const nameOf = (householdId: string): string => `curtain_pact_${shortOf(householdId)}`;

function topicsOf(householdId: string) {
  const name = nameOf(householdId);
  return {
    day: `homeassistant/binary_sensor/${name}/config`,
    curtain: `homeassistant/binary_sensor/${name}_curtain/config`,
    state: `curtain_pact/${shortOf(householdId)}/state`,
  };
}

function stateOf({ state, curtain, proofAt, deadlineAt }: AnnouncedHome) {
  const verdict = verdictOf(state);
  const since = verdict === 'kept' ? proofAt : verdict === 'missed' ? deadlineAt : null;
  return { verdict, curtain, since };
}

/** Null for a home that has no day. */
function verdictOf(state: HomeView['state']): AnnouncedVerdict | null {
  switch (state) {
    case 'kept':
    case 'kept_late':
      return 'kept';
    case 'missed':
    case 'going':
      return 'missed';
    case 'awaiting':
    case 'visited':
    case 'excused':
      return state;
    case 'unprotected':
      return null;
    default:
      return state satisfies never;
  }
}

/** What stands in neither list is `None`, by which Home Assistant shows that nobody knows. */
function templateOf(field: 'verdict' | 'curtain', values: { ON: string[]; OFF: string[] }): string {
  const pairs = Object.entries(values).flatMap(([is, told]) => told.map((value) => `'${value}': '${is}'`));
  return `{{ {${pairs.join(', ')}}.get(value_json.${field}, 'None') }}`;
}
