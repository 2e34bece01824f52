import { Command, Option } from 'commander';
import { TOKEN_ROLES, type TokenRole } from '#pact/role.ts';
import { PactError } from '#platform/errors.ts';
import { createApiToken, listApiTokens, revokeApiToken } from '#store/account/api-tokens.ts';
import { recordAudit } from '#store/audit/record-audit.ts';
import { chooseCommunity } from './choose-community.ts';
import type { Cli } from './cli.ts';
import { table } from './table.ts';

type Options = { role: TokenRole; community?: string };

const LONGEST_NAME = 60;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function tokenCommand({ text, clock, withDatabase }: Cli): Command {
  const command = new Command('token').description(text.commands.token);
  command
    .command('create <name>')
    .description(text.commands.tokenCreate)
    .addOption(new Option('--role <role>', text.options.role).choices(TOKEN_ROLES).default('office'))
    .option('--community <name>', text.options.inviteCommunity)
    .option('--json', text.json)
    .action(
      withDatabase(async (db, _config, given: string, { role, community: only }: Options) => {
        const name = given.trim();
        if (name === '' || name.length > LONGEST_NAME) throw new PactError('BAD_REQUEST', text.noTokenName);
        const community = only === undefined ? undefined : await chooseCommunity(db, only, text);
        const now = clock.now();
        const made = await db.transaction().execute(async (tx) => {
          const { id, token } = await createApiToken(
            tx,
            { name, role, communityIds: community && [community.id] },
            now,
          );
          await recordAudit(
            tx,
            { actor: { kind: 'cli' }, action: 'token.create', subjectKind: 'token', subjectId: id },
            now,
          );
          return { id, name, role, token };
        });
        return { value: made, lines: [text.tokenMade(made)] };
      }),
    );
  command
    .command('list')
    .description(text.commands.tokenList)
    .option('--json', text.json)
    .action(
      withDatabase(async (db) => {
        const tokens = (await listApiTokens(db)).map(({ id, name, role, createdAt, revokedAt }) => ({
          id,
          name,
          role,
          createdAt: createdAt.toString(),
          revokedAt: revokedAt?.toString() ?? null,
        }));
        const { id, name, created, revoked } = text.table;
        const rows = tokens.map((token) => [token.id, token.name, token.createdAt, token.revokedAt ?? '']);
        return {
          value: tokens,
          lines: rows.length > 0 ? table([id, name, created, revoked], rows) : [text.nothing],
        };
      }),
    );
  command
    .command('revoke <id>')
    .description(text.commands.tokenRevoke)
    .option('--json', text.json)
    .action(
      withDatabase(async (db, _config, id: string) => {
        const now = clock.now();
        const revoked = UUID.test(id) && (await revokeApiToken(db, id, now));
        if (!revoked) throw new PactError('NOT_FOUND', text.noToken);
        await recordAudit(
          db,
          { actor: { kind: 'cli' }, action: 'token.revoke', subjectKind: 'token', subjectId: id },
          now,
        );
        return { value: { id, revoked: true }, lines: [text.tokenRevoked] };
      }),
    );
  return command;
}
