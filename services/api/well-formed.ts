import { PactError } from '#platform/errors.ts';

/**
 * Refuses texts with half a surrogate pair, which JSON can carry and UTF-8 cannot: the database would keep
 * another text than was sent.
 * @throws PactError BAD_REQUEST that names where, never what
 */
export function assertWellFormed(body: unknown): void {
  const path = findMalformed(body, 'body');
  if (path === undefined) return;
  throw new PactError('BAD_REQUEST', 'The request is not as it should be.', {
    hint: 'Send whole characters; half of a surrogate pair is none.',
    details: { problems: [{ path, message: 'has half a character in it' }] },
  });
}

/** Keeps its own list of what is left, so that a body nested without end costs no stack. */
function findMalformed(body: unknown, at: string): string | undefined {
  const left: { value: unknown; path: string }[] = [{ value: body, path: at }];
  for (let next = left.pop(); next; next = left.pop()) {
    const { value, path } = next;
    if (typeof value === 'string' && !value.isWellFormed()) return path;
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, part] of Object.entries(value)) {
      if (!key.isWellFormed()) return path;
      left.push({ value: part, path: `${path}/${key}` });
    }
  }
  return undefined;
}
