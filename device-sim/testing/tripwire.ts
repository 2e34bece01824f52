import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** When a step holds: before the other side has it, or when the other side has done it and the answer is on its way. */
export type Moment = 'unsent' | 'unanswered';
export type Trip = { step: number; moment: Moment };

export type Tripwire = {
  /** What a process under test is told to talk to instead of the real parts. */
  databaseUrl: string;
  providerUrl: string;
  /** The steps so far, in order: what was asked of whom. */
  steps: readonly string[];
  /** Resolves when the step of the trip is reached; from then on nothing passes in either direction. */
  tripped: Promise<void>;
  close(): Promise<void>;
};

/** The statements of the way from a page's plan to its record; reads and the queue's own business change nothing of it. */
const WRITES = /^\s*(?:insert into "?message"?|update message|update "message")/i;
const FIRST = /^\s*insert into "?message"?/i;

/**
 * Stands between a process and both its database and its provider and counts the steps by which a page comes from
 * its plan to its record: each write of a message, the end of each transaction that wrote one, each request to the
 * provider. At the step of the trip everything stands still, so that the process can be killed just there: the
 * product itself knows nothing of it.
 */
export async function stretchTripwire(real: {
  databaseUrl: string;
  providerUrl: string;
  trip?: Trip | undefined;
}): Promise<Tripwire> {
  const steps: string[] = [];
  const tripped = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  let frozen = false;

  /** Notes a step. @returns whether and how this one is the trip's */
  const note = (what: string): Moment | undefined => {
    steps.push(what);
    const isIt = real.trip?.step === steps.length;
    return isIt ? real.trip?.moment : undefined;
  };
  const trip = () => {
    frozen = true;
    tripped.resolve();
  };

  const relay = (to: string, watch: (wire: Wire) => Watcher): Promise<Server> => {
    const target = new URL(to);
    return listen((client) => {
      const server = connect(Number(target.port), target.hostname);
      for (const socket of [client, server]) {
        sockets.add(socket);
        socket.setNoDelay(true);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => {
          sockets.delete(socket);
          client.destroy();
          server.destroy();
        });
      }
      let holding = false;
      const watcher = watch({
        hold: () => {
          holding = true;
        },
      });
      client.on('data', (chunk) => {
        if (frozen) return;
        if (watcher.asks(chunk) === 'unsent') return trip();
        server.write(chunk);
      });
      server.on('data', (chunk) => {
        if (frozen) return;
        if (holding && watcher.answers(chunk)) return trip();
        client.write(chunk);
      });
    });
  };

  const forDatabase = await relay(real.databaseUrl, (wire) => watchStatements(wire, steps, note));
  const forProvider = await relay(real.providerUrl, (wire) => watchRequests(wire, note));
  const database = new URL(real.databaseUrl);
  const provider = new URL(real.providerUrl);
  database.port = portOf(forDatabase);
  provider.port = portOf(forProvider);
  return {
    databaseUrl: database.href,
    providerUrl: provider.href.replace(/\/$/, ''),
    steps,
    tripped: tripped.promise,
    async close() {
      for (const socket of sockets) socket.destroy();
      forDatabase.close();
      forProvider.close();
    },
  };
}

type Wire = {
  /** The next answer is not to pass. */
  hold(): void;
};
type Watcher = {
  asks(chunk: Buffer): Moment | undefined;
  /** Whether this answer says that what was asked has been done. */
  answers(chunk: Buffer): boolean;
};

/** PostgreSQL's messages: a letter, a length, a body; the first one of a connection has no letter. */
function watchStatements(
  wire: Wire,
  steps: readonly string[],
  note: (what: string) => Moment | undefined,
): Watcher {
  let begun = false;
  let left = Buffer.alloc(0);
  let wrote = false;
  return {
    asks(chunk) {
      if (!begun) {
        begun = true;
        return undefined;
      }
      left = Buffer.concat([left, chunk]);
      let found: Moment | undefined;
      while (left.length >= 5 && left.length >= 1 + left.readInt32BE(1)) {
        const end = 1 + left.readInt32BE(1);
        const statement = statementOf(left.subarray(0, end));
        left = left.subarray(end);
        if (statement === undefined) continue;
        const isEnd = /^\s*commit/i.test(statement);
        const counts = isEnd ? wrote : WRITES.test(statement) && (steps.length > 0 || FIRST.test(statement));
        wrote = isEnd || /^\s*(?:begin|start|rollback)/i.test(statement) ? false : wrote || counts;
        if (counts) found ??= note(isEnd ? 'commit' : statement.trim().replaceAll(/\s+/g, ' ').slice(0, 60));
      }
      if (found === 'unanswered') wire.hold();
      return found;
    },
    // "Ready for query" ends every answer.
    answers: (chunk) => chunk.includes(Buffer.from([0x5a, 0, 0, 0, 5])),
  };
}

/** The SQL of a Parse or a simple Query. */
function statementOf(message: Buffer): string | undefined {
  const kind = String.fromCharCode(message[0] ?? 0);
  if (kind === 'Q') return message.toString('utf8', 5, message.length - 1);
  if (kind !== 'P') return undefined;
  const name = message.indexOf(0, 5);
  return message.toString('utf8', name + 1, message.indexOf(0, name + 1));
}

function watchRequests(wire: Wire, note: (what: string) => Moment | undefined): Watcher {
  return {
    asks(chunk) {
      const line = /^(?:GET|POST) \S+/.exec(chunk.toString('latin1'));
      const found = line
        ? note(`ask the provider: ${line[0].replace(/\?.*/, '').replace(/\/2010\S+\//, '')}`)
        : undefined;
      if (found === 'unanswered') wire.hold();
      return found;
    },
    answers: () => true,
  };
}

async function listen(onClient: (socket: Socket) => void): Promise<Server> {
  const server = createServer(onClient).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server): string => String((server.address() as AddressInfo).port);
