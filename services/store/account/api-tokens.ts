import { randomUUID } from 'node:crypto';
import type { Temporal } from 'temporal-polyfill';
import type { TokenRole } from '#pact/role.ts';
import { announceSessionsEnded } from '../change-feed.ts';
import type { Db } from '../database.ts';
import { toDate, toInstant, toInstantOrUndefined } from '../instant.ts';
import { createSecretToken, hashSecretToken } from './secret-token.ts';

export type ApiToken = {
  id: string;
  name: string;
  role: TokenRole;
  createdAt: Temporal.Instant;
  revokedAt: Temporal.Instant | undefined;
};

export type NewToken = {
  name: string;
  role?: TokenRole;
  /** The only communities; unset for every one. */
  communityIds?: readonly string[] | undefined;
};

/** Makes a program's token. The secret is in the answer and nowhere else. */
export async function createApiToken(
  db: Db,
  { name, role = 'office', communityIds }: NewToken,
  now: Temporal.Instant,
): Promise<{ id: string; token: string }> {
  const id = randomUUID();
  const token = createSecretToken();
  await db
    .insertInto('api_token')

    .values({
      id,
      name,
      role,
      community_ids: communityIds ? [...communityIds] : null,
      token_hash: hashSecretToken(token),
      created_at: toDate(now),
    })
    .execute();
  return { id, token };
}

export async function findApiToken(
  db: Db,
  tokenHash: Buffer,
): Promise<{ id: string; name: string; role: TokenRole; communityIds: string[] | undefined } | undefined> {
  const row = await db
    .selectFrom('api_token')
    .select(['id', 'name', 'role', 'community_ids'])
    .where('token_hash', '=', tokenHash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return row && { id: row.id, name: row.name, role: row.role, communityIds: row.community_ids ?? undefined };
}

export async function listApiTokens(db: Db): Promise<ApiToken[]> {
  const rows = await db
    .selectFrom('api_token')
    .select(['id', 'name', 'role', 'created_at', 'revoked_at'])
    .orderBy('created_at')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    role: row.role,
    createdAt: toInstant(row.created_at),
    revokedAt: toInstantOrUndefined(row.revoked_at),
  }));
}

/**
 * Takes a token back; what it has open ends once this commits.
 * @returns whether there was such a token still in use
 */
export async function revokeApiToken(db: Db, id: string, now: Temporal.Instant): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('api_token')
      .set({ revoked_at: toDate(now) })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await announceSessionsEnded(tx);
    return true;
  });
}
