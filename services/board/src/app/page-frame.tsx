import { type ReactNode, useEffect } from 'react';
import { Header } from '../today/header.tsx';
import { useLiveToday } from '../today/use-live-today.ts';
import { useText } from './language.ts';
import type { PageName, PageProps } from './page-name.ts';

/** What every page beside the morning stands in: the morning goes on while somebody looks elsewhere. */
export function PageFrame(props: {
  page: PageName;
  title: string;
  shared: PageProps;
  className?: string;
  children: ReactNode;
}) {
  const words = useText();
  const { community, rest, ...shared } = props.shared;
  const { today, liveness } = useLiveToday(community.id);
  const open = today.data?.alerts.length ?? 0;
  useEffect(() => {
    document.title = `${open > 0 ? `(${open}) ` : ''}${props.title} · ${words.name}`;
  }, [open, props.title, words]);
  return (
    <div className={`board beside-morning ${props.className ?? ''}`}>
      <Header
        page={props.page}
        today={today.data}
        communityId={community.id}
        liveness={liveness}
        {...shared}
      />
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
