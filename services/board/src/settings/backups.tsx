import { useQuery } from '@tanstack/react-query';
import type { CommunityView } from '#contracts/http/account.ts';
import type { BackupView } from '#contracts/http/backup.ts';
import { BACKUP_TEXT } from '#pact/text/board-backup.ts';
import { get } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { Fact, Section } from '../register/section.tsx';
import { timeOnDay } from '../today/local-time.ts';
import { Listed } from './listed.tsx';

/** Whether what is entered here would come back from another machine, and what to do where it would not. */
export function Backups({ community: { timeZone } }: { community: CommunityView }) {
  const words = useTextOf(BACKUP_TEXT);
  const query = useQuery({
    queryKey: ['backups'],
    queryFn: async () => [await get<BackupView>('/backups')],
    staleTime: 0,
  });
  return (
    <Section title={words.title}>
      <p className="hint">{words.lead}</p>
      <Listed query={query} none="">
        {([view]) => (view ? <Made view={view} timeZone={timeZone} /> : null)}
      </Listed>
    </Section>
  );
}

/** Of any day: with its month and day. */
const ALWAYS = '';
const BYTES = 1_000_000;
const sizeOf = (bytes: number) => Math.max(0.1, bytes / BYTES).toFixed(1);

function Made({ view: { last, failed, nightly }, timeZone }: { view: BackupView; timeZone: string }) {
  const words = useTextOf(BACKUP_TEXT);
  const warnings = [
    ...(last ? (last.isOld ? [words.old] : []) : [words.never]),
    ...(failed
      ? [
          words.failed(
            timeOnDay(failed.at, timeZone, ALWAYS),
            words.failures[failed.code] ?? words.otherFailure(failed.code),
          ),
        ]
      : []),
  ];
  return (
    <>
      {warnings.length > 0 ? (
        <div className="amber box">
          {warnings.map((warning) => (
            <p key={warning}>{warning}</p>
          ))}
        </div>
      ) : null}
      <dl className="facts">
        {last ? (
          <>
            <Fact name={words.last}>{timeOnDay(last.at, timeZone, ALWAYS)}</Fact>
            <Fact name={words.size}>{words.megabytes(sizeOf(last.bytes))}</Fact>
            <Fact name={words.checked}>{words.checkedHow}</Fact>
            <Fact name={words.file}>{last.file}</Fact>
            <Fact name={words.where}>{last.nightly ? words.inFolder : words.byHand}</Fact>
          </>
        ) : null}
        <Fact name={words.nightly}>{nightly ? words.on : words.off}</Fact>
      </dl>
    </>
  );
}
