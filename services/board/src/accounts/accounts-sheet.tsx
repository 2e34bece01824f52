import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { AccountView, CommunityView, SessionView } from '#contracts/http/account.ts';
import { get, patch } from '../app/api.ts';
import { useLanguage, useText } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';
import { InviteForm } from './invite-form.tsx';

type Props = {
  session: SessionView;
  communities: readonly CommunityView[];
  timeZone: string;
  onClose: () => void;
};

/** Who may use the board: an administrator lets colleagues in, and switches accounts off. */
export default function AccountsSheet({ session, communities, timeZone, onClose }: Props) {
  const words = useText();
  const queries = useQueryClient();
  const { run, pending, problem } = useAction('inline');
  const accounts = useQuery({
    queryKey: ['accounts'],
    queryFn: async () => (await get<{ items: AccountView[] }>('/accounts')).items,
    // An invited colleague may join while this is open or was closed.
    staleTime: 0,
    refetchInterval: 15_000,
  });

  async function turn(account: AccountView) {
    const disabled = account.disabledAt === null;
    const done = disabled ? words.accounts.switchedOff : words.accounts.switchedOn;
    await run(() => patch(`/accounts/${account.id}`, { disabled }), done(account.name));
    await queries.invalidateQueries({ queryKey: ['accounts'] });
  }

  return (
    <Sheet title={words.accounts.title} kind="drawer" onClose={onClose}>
      <InviteForm communities={communities} />
      <h3>{words.accounts.list}</h3>
      <ProblemNote problem={problem ?? accounts.error ?? undefined} />
      <ul className="accounts" aria-busy={accounts.isPending}>
        {accounts.data?.map((account) => (
          <AccountRow
            key={account.id}
            account={account}
            timeZone={timeZone}
            isSelf={account.id === session.id}
            pending={pending}
            onTurn={() => void turn(account)}
          />
        ))}
      </ul>
    </Sheet>
  );
}

function AccountRow(props: {
  account: AccountView;
  timeZone: string;
  isSelf: boolean;
  pending: boolean;
  onTurn: () => void;
}) {
  const words = useText();
  const language = useLanguage();
  const { account, timeZone } = props;
  const isOff = account.disabledAt !== null;
  const since = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    dateStyle: 'medium',
    timeZone,
  });
  return (
    <li data-off={isOff || undefined}>
      <div>
        <p>
          <b>{account.name}</b> {account.username}
        </p>
        <p className="hint">
          {words.accounts.roles[account.role]}
          {[account.person, ...account.communities].map((name) => (name ? ` · ${name}` : ''))} ·{' '}
          {words.accounts.since(since.format(new Date(account.createdAt)))}
          {isOff ? ` · ${words.accounts.off}` : ''}
        </p>
      </div>
      {props.isSelf ? (
        <span className="hint">{words.accounts.self}</span>
      ) : (
        <button
          type="button"
          className={isOff ? 'button' : 'button danger'}
          aria-label={`${isOff ? words.accounts.switchOn : words.accounts.switchOff} ${account.name}`}
          disabled={props.pending}
          onClick={props.onTurn}
        >
          {isOff ? words.accounts.switchOn : words.accounts.switchOff}
        </button>
      )}
    </li>
  );
}
