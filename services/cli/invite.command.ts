import { Command, Option } from 'commander';
import { ROLES } from '#pact/role.ts';
import { createInvite } from '#store/account/setup-link.ts';
import { recordAudit } from '#store/audit/record-audit.ts';
import { chooseCommunity } from './choose-community.ts';
import type { Cli } from './cli.ts';

/** A steward's account needs somebody of the register: the board asks for them. */
const INVITED = ROLES.filter((role) => role !== 'steward');

type Options = { role: (typeof INVITED)[number]; community?: string };

export function inviteCommand({ text, clock, withDatabase }: Cli): Command {
  return new Command('invite')
    .description(text.commands.invite)
    .addOption(new Option('--role <role>', text.options.role).choices(INVITED).default('office'))
    .option('--community <name>', text.options.inviteCommunity)
    .option('--json', text.json)
    .action(
      withDatabase(async (db, { http }, { role, community: name }: Options) => {
        const community = name === undefined ? undefined : await chooseCommunity(db, name, text);
        const now = clock.now();
        const { token, expiresAt } = await db.transaction().execute(async (tx) => {
          const actor = { kind: 'cli' };
          await recordAudit(tx, { actor, action: 'account.invite', subjectKind: 'account' }, now);
          return createInvite(tx, { role, communityIds: community && [community.id] }, now);
        });
        const link = `${http.publicUrl ?? localAddress(http)}/setup#token=${token}`;
        return {
          value: { link, role, community: community?.name ?? null, expiresAt: expiresAt.toString() },
          lines: text.invited({ link, role, community: community?.name }),
        };
      }),
    );
}

/** Where the board is found from this machine. */
function localAddress({ host, port = 8080 }: { host: string; port: number | undefined }): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
