/**
 * The address of an operator's broker: MQTT over TCP or WebSocket, with TLS or without. A password inside it would end
 * up on screens and in logs, so there is no room for one.
 */
export const BROKER_URL_PATTERN = '^(?:mqtt|mqtts|ws|wss)://[^\\s@/?#]+(?:/[^\\s?#@]*)?$';

/** Homes and offices call hosts by names that mean nothing outside. */
const NEAR_NAME = /^(?:localhost|[^.:]+|.+\.(?:local|lan|home|internal|intranet|localhost))$/;
/** Loopback, private, shared and link-local networks (RFC 1918, 3927, 4193, 4291, 6598). */
const NEAR_NUMBER =
  /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)[\d.]+$/;
const NEAR_SIX = /^\[(?:::1|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*)\]$/;

/** Whether what is said to this broker, its password too, goes through foreign networks as it is. */
export function isInTheOpen(url: string): boolean {
  const parsed = URL.parse(url);
  if (!parsed || (parsed.protocol !== 'mqtt:' && parsed.protocol !== 'ws:')) return false;
  const host = parsed.hostname.toLowerCase();
  return !NEAR_NAME.test(host) && !NEAR_NUMBER.test(host) && !NEAR_SIX.test(host);
}

/** Whether it can be spoken to at all: what fits the pattern may still name no host. */
export const isBrokerUrl = (url: string): boolean =>
  new RegExp(BROKER_URL_PATTERN).test(url) && URL.parse(url) !== null;
