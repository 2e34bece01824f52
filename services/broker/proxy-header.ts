import { isIP, type Socket } from 'node:net';

/** The longest line that there is: haproxy.org/download/2.9/doc/proxy-protocol.txt, section 2.1. */
const MOST_BYTES = 107;
const LINE_END = '\r\n';
const BEGINS = 'PROXY ';

/**
 * Whom a balancer in front of us speaks for: the first line of the PROXY protocol, version 1. Without it every sensor
 * would have the balancer's address, and one that guesses passwords would slow down all. Whoever begins without such a
 * line (the bridge, beside the balancer) speaks for itself; MQTT never begins with its letters.
 * @returns the client's address; undefined where the line is none, or does not come within `timeoutMs`
 */
export function readProxyHeader(socket: Socket, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    let read = Buffer.alloc(0);
    const timer = setTimeout(() => settle(undefined), timeoutMs);
    const settle = (address: string | undefined, rest = Buffer.alloc(0)) => {
      clearTimeout(timer);
      socket.off('readable', take).off('close', leave);
      if (rest.length > 0) socket.unshift(rest);
      resolve(address);
    };
    const leave = () => settle(undefined);
    const take = () => {
      const chunk = socket.read() as Buffer | null;
      if (!chunk) return;
      read = Buffer.concat([read, chunk]);
      const begins = read.subarray(0, BEGINS.length).toString('latin1');
      if (!BEGINS.startsWith(begins)) return settle(socket.remoteAddress ?? '', read);
      const end = read.indexOf(LINE_END);
      if (end < 0) return read.length > MOST_BYTES ? settle(undefined) : undefined;
      const line = read.subarray(0, end).toString('latin1');
      settle(addressIn(line, socket), read.subarray(end + LINE_END.length));
    };
    socket.on('readable', take).on('close', leave);
  });
}

function addressIn(line: string, socket: Socket): string | undefined {
  const [, family, source = ''] = line.split(' ');
  // The balancer speaks for itself, as when it looks whether we are here.
  if (family === 'UNKNOWN') return socket.remoteAddress ?? '';
  return isIP(source) === (family === 'TCP4' ? 4 : family === 'TCP6' ? 6 : -1) ? source : undefined;
}
