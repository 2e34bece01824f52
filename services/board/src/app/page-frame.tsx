import { type ReactNode, useEffect } from 'react';
import type { TodayView } from '#contracts/http/today.ts';
import { Header } from '../today/header.tsx';
import { type Liveness, useLiveToday } from '../today/use-live-today.ts';
import { useText } from './language.ts';
import type { PageName, PageProps } from './page-name.ts';
import { useHasMorning } from './session.tsx';

/** What every page beside the morning stands in: the morning goes on while somebody looks elsewhere. */
export function PageFrame(props: {
  page: PageName;
  title: string;
  shared: PageProps;
  className?: string;
  children: ReactNode;
}) {
  return useHasMorning() ? (
    <FrameInMorning {...props} />
  ) : (
    <Frame {...props} liveness={{ state: 'connecting' }} />
  );
}

type Props = Parameters<typeof PageFrame>[0];

function FrameInMorning(props: Props) {
  const { today, liveness } = useLiveToday(props.shared.community.id);
  return <Frame {...props} today={today.data} liveness={liveness} />;
}

function Frame({ today, liveness, ...props }: Props & { today?: TodayView | undefined; liveness: Liveness }) {
  const words = useText();
  const { community, rest, ...shared } = props.shared;
  const open = today?.alerts.length ?? 0;
  useEffect(() => {
    document.title = `${open > 0 ? `(${open}) ` : ''}${props.title} · ${words.name}`;
  }, [open, props.title, words]);
  return (
    <div className={`board beside-morning ${props.className ?? ''}`}>
      <Header page={props.page} today={today} communityId={community.id} liveness={liveness} {...shared} />
      <main className="page">
        {open > 0 ? (
          <a className="problem box" href="#today">
            {words.alertsOpen(open)}
          </a>
        ) : null}
        {props.children}
      </main>
    </div>
  );
}
