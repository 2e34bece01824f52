import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { sleep } from '#platform/sleep.ts';
import type { Drill } from '../drill.ts';
import type { Scene } from '../scene.ts';
import { lacksSmallDisk } from '../small-disk.ts';

const NEVER = new AbortController().signal;

const fullDisk: Drill = {
  name: 'disk-full',
  injects: 'the disk of PostgreSQL filled to the last byte 3 s before the deadline, freed 3 s after it',
  lacks: lacksSmallDisk,
  // Room for the cluster, its log ahead of writing and what a town writes.
  scene: { smallDisks: { database: 256 } },
  mostRecoveryMs: 10_000,
  async run(scene) {
    await scene.untilDeadline(-3_000);
    scene.disks.database?.fill();
    await scene.untilDeadline(3_000);
    scene.disks.database?.free();
    return undefined;
  },
};

const fullDiskOfBridge: Drill = {
  name: 'disk-full-of-the-bridge',
  injects:
    'the disk of the bridge’s memory filled to the last byte 3 s before the deadline, freed 3 s after it',
  lacks: lacksSmallDisk,
  scene: { bridged: true, smallDisks: { bridge: 8 } },
  mostRecoveryMs: 10_000,
  async run(scene) {
    await scene.untilDeadline(-3_000);
    scene.disks.bridge?.fill();
    await scene.untilDeadline(3_000);
    scene.disks.bridge?.free();
    return undefined;
  },
};

const OPEN_FILES = 256;
const STRANGERS = 400;

/** Strangers who connect and say nothing take every descriptor that broker and api have left. */
const noDescriptors: Drill = {
  name: 'file-descriptors',
  injects: `broker and api may open ${OPEN_FILES} files, and ${STRANGERS} strangers connect to each for 4 s over the deadline`,
  lacks: () => (process.platform === 'win32' ? 'needs a shell with ulimit' : undefined),
  scene: { surroundings: { broker: { openFiles: OPEN_FILES }, api: { openFiles: OPEN_FILES } } },
  mostRecoveryMs: 10_000,
  async run(scene) {
    await scene.untilDeadline(-1_000);
    const places = { broker: portOf(scene.mqttUrl), api: portOf(scene.part('api').http) };
    const crowds = await Promise.all(Object.values(places).map(crowd));
    await sleep(4_000, NEVER);
    Object.keys(places).forEach((name, index) => {
      const turnedAway = crowds[index]?.filter((socket) => socket.destroyed).length ?? 0;
      scene.notes.push(`${name} closed the connections of ${turnedAway} of ${STRANGERS} strangers`);
      if (turnedAway === 0)
        scene.losses.push(`${name} had a descriptor for every stranger: nothing was tried`);
    });
    seeOthersServed(scene);
    for (const socket of crowds.flat()) socket.destroy();
    return undefined;
  },
};

/** Whoever is connected already notices nothing. */
function seeOthersServed({ sensors, losses }: Scene): void {
  const nowMs = performance.now();
  const waiting = sensors.filter(({ sent }) => {
    const last = sent.at(-1);
    return last?.ackMs === undefined && nowMs - (last?.sentMs ?? nowMs) > 3_000;
  });
  if (waiting.length > 0)
    losses.push(`${waiting.length} sensors that were connected before were not served.`);
}

const portOf = (url: string): number => Number(new URL(url).port);

function crowd(port: number): Promise<Socket[]> {
  return Promise.all(
    Array.from({ length: STRANGERS }, async () => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => socket.destroy());
      socket.resume();
      await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
      return socket;
    }),
  );
}

export const EXHAUSTIONS: readonly Drill[] = [fullDisk, fullDiskOfBridge, noDescriptors];
