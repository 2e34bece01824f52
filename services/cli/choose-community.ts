import type { TerminalText } from '#pact/text/terminal.ts';
import { PactError } from '#platform/errors.ts';
import type { Db } from '#store/database.ts';
import { listCommunities } from '#store/today/communities.ts';

/**
 * The community that a command is about: the one named, else the only one there is.
 * @throws PactError NOT_FOUND, BAD_REQUEST
 */
export async function chooseCommunity(db: Db, name: string | undefined, text: TerminalText) {
  const communities = await listCommunities(db, undefined);
  const [first] = communities;
  if (!first) throw new PactError('NOT_FOUND', text.noRegister);
  const names = communities.map((community) => community.name);
  if (name === undefined) {
    if (communities.length === 1) return first;
    throw new PactError('BAD_REQUEST', text.someOf(names));
  }
  const named = communities.find((community) => community.name === name);
  if (!named) throw new PactError('NOT_FOUND', text.noCommunity, { hint: text.someOf(names) });
  return named;
}
