/** Letters, digits and `._-`: no character that means something in a topic or in SQL. */
const SENSOR_ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const PREFIX = 'pact/v1/';

export type TopicKind = 'event' | 'status';
export type SensorTopic = { sensorId: string; kind: TopicKind };

/** Whether a text may be the id of a sensor, which is its MQTT username and part of its topics. */
export const isSensorId = (text: string): boolean => SENSOR_ID.test(text);

/** What all topics of a sensor begin with. */
export const ownPrefix = (sensorId: string): string => `${PREFIX}${sensorId}/`;

/** Where a sensor publishes what it has seen. */
export const eventTopic = (sensorId: string): string => `${ownPrefix(sensorId)}event`;

/** Where a sensor says `online`, and where its last will says `offline`. */
export const statusTopic = (sensorId: string): string => `${ownPrefix(sensorId)}status`;

/** The sensor and kind of one of our topics; undefined for every other topic. */
export function parseTopic(topic: string): SensorTopic | undefined {
  if (!topic.startsWith(PREFIX)) return undefined;
  const slash = topic.indexOf('/', PREFIX.length);
  if (slash === -1) return undefined;
  const kind = topic.slice(slash + 1);
  if (kind !== 'event' && kind !== 'status') return undefined;
  const sensorId = topic.slice(PREFIX.length, slash);
  return isSensorId(sensorId) ? { sensorId, kind } : undefined;
}

const LAST_LEVEL = /^(?:\+|#|[a-z]{1,16})$/;

/** Whether a subscription's filter stays inside the sensor's own topics. */
export function isOwnFilter(sensorId: string, filter: string): boolean {
  const own = ownPrefix(sensorId);
  return filter.startsWith(own) && LAST_LEVEL.test(filter.slice(own.length));
}

/** Whether a topic lies where sensors publish, whichever it is. */
export const isSensorsTopic = (topic: string): boolean => topic.startsWith(PREFIX);
