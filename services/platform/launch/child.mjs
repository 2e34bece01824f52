import { isatty } from 'node:tty';

/** So that whoever stops us stops what we started; returns how to end it. */
export function forwardSignals(child) {
  // Ctrl-C in a terminal reaches the child without us; a second one would mean "at once" to many programs.
  const fromTerminal = [0, 1, 2].some((fd) => isatty(fd));
  const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => [
    signal,
    () => {
      if (signal !== 'SIGINT' || !fromTerminal) child.kill(signal);
    },
  ]);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}

/** How a child ended: `{ error }` if it never began, else `{ code, signal }`. */
export function ended(child) {
  return new Promise((done) => {
    child.on('error', (error) => done({ error }));
    child.on('exit', (code, signal) => done({ code, signal }));
  });
}
