import { type Frame, Refused } from '../model.ts';

/** @throws Refused `wrong_port` where a frame came on a port that its device does not speak on, or on none */
export function portOf<Port extends number>({ fPort }: Frame, ports: readonly Port[]): Port {
  const port = ports.find((candidate) => candidate === fPort);
  if (port === undefined) throw new Refused('wrong_port');
  return port;
}
