import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';
import type { LeaveView } from '#contracts/http/register/leave.ts';
import { LEAVE_TEXT } from '#pact/text/board-leave.ts';
import { get } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { Loaded } from '../app/loaded.tsx';
import { PageFrame } from '../app/page-frame.tsx';
import type { PageProps } from '../app/page-name.ts';
import { useTodayIn } from '../enrol/use-today-in.ts';
import { LeaveForm } from './leave-form.tsx';
import { isAsked, LeaveRow } from './leave-row.tsx';
import { LinkForm } from './link-form.tsx';

const COLUMNS = ['home', 'days', 'by', 'reason', 'state', 'act'] as const;

/** Who is away, until when, and whose curtain opened meanwhile. */
export default function LeavePage(props: PageProps) {
  const words = useTextOf(LEAVE_TEXT);
  return (
    <PageFrame page="leave" title={words.title} shared={props}>
      <Leaves community={props.community} />
    </PageFrame>
  );
}

function Leaves({ community }: { community: CommunityView }) {
  const words = useTextOf(LEAVE_TEXT);
  const today = useTodayIn(community.timeZone);
  const [open, setOpen] = useState<'form' | 'link'>();
  const query = useQuery({
    queryKey: ['leaves', community.id, today],
    queryFn: async ({ signal }) =>
      (
        await get<{ items: LeaveView[] }>(
          `/leaves?community=${community.id}&since=${today}&limit=1000`,
          signal,
        )
      ).items,
    refetchOnMount: 'always',
    refetchInterval: 10_000,
  });
  const close = () => setOpen(undefined);
  return (
    <>
      <header className="page-head">
        <div>
          <h2>{words.title}</h2>
          <p className="hint">{words.lead}</p>
        </div>
        <nav className="actions" aria-label={words.title}>
          <button type="button" className="button" onClick={() => setOpen('link')}>
            {words.link}
          </button>
          <button type="button" className="button strong" onClick={() => setOpen('form')}>
            {words.add}
          </button>
        </nav>
      </header>
      <Loaded query={query} loading={words.loading}>
        {(leaves) =>
          leaves.length === 0 ? (
            <section className="state">
              <h2>{words.emptyTitle}</h2>
              <p>{words.emptyLead}</p>
            </section>
          ) : (
            <table className="record-rows">
              <thead>
                <tr>
                  {COLUMNS.map((name) => (
                    <th key={name} scope="col">
                      {words.columns[name]}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {askedFirst(leaves).map((leave) => (
                  <LeaveRow key={leave.id} leave={leave} today={today} timeZone={community.timeZone} />
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      {open === 'form' ? <LeaveForm communityId={community.id} today={today} onClose={close} /> : null}
      {open === 'link' ? <LinkForm communityId={community.id} onClose={close} /> : null}
    </>
  );
}

/** Whoever may be back stands on top: nobody waits for their curtain. */
const askedFirst = (leaves: readonly LeaveView[]): LeaveView[] =>
  [...leaves].sort((a, b) => Number(isAsked(b)) - Number(isAsked(a)));
