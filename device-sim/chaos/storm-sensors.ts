import { connect } from 'node:net';
import { CONNACK, connectPacket } from '../bench/mqtt-frames.ts';

/**
 * Thousands of sensors in a process of their own that say nothing and come back within a second whenever they are cut
 * off. Tells its parent each time when all of them are in.
 */
export type StormOrder = { port: number; secrets: string[] };
/** How many attempts came to nothing since the last time. */
export type StormNews = { refused: number };

/** At the first time: as a town that has been switched on one by one. */
const GENTLE_MS = 5_000;
const MOST_PAUSE_MS = 1_000;

process.once('message', ({ port, secrets }: StormOrder) => {
  let inside = 0;
  let refused = 0;

  const open = (index: number) => {
    let isIn = false;
    const id = `storm-${index}`;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('connect', () => socket.write(connectPacket(id, secrets[index] ?? '')));
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes: Buffer) => {
      if (bytes[0] !== CONNACK || bytes[3] !== 0) return;
      isIn = true;
      inside += 1;
      if (inside < secrets.length) return;
      process.send?.({ refused } satisfies StormNews);
      refused = 0;
    });
    socket.once('close', () => {
      if (isIn) inside -= 1;
      else refused += 1;
      setTimeout(open, Math.random() * MOST_PAUSE_MS, index);
    });
  };
  for (let index = 0; index < secrets.length; index += 1) setTimeout(open, Math.random() * GENTLE_MS, index);
});
process.on('disconnect', () => process.exit(0));
