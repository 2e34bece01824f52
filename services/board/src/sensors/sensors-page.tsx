import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { useTextOf } from '../app/language.ts';
import { PageFrame } from '../app/page-frame.tsx';
import type { PageProps } from '../app/page-name.ts';
import { useIsOffice } from '../app/session.tsx';
import { Decals } from './decals.tsx';
import { SensorCard } from './sensor-card.tsx';
import { SensorList } from './sensor-list.tsx';
import { TicketList } from './ticket-list.tsx';
import '../style/sensors.css';

const TABS = ['list', 'tickets', 'decals'] as const;

/** The sensors of a community: which need something, one's card, the tickets, and the decals for the doors. */
export default function SensorsPage(props: PageProps) {
  const words = useTextOf(SENSORS_TEXT);
  const isOffice = useIsOffice();
  const { community, rest } = props;
  const [which, id] = rest;
  const tabs = TABS.filter((name) => name !== 'decals' || isOffice);
  const tab = tabs.find((name) => name === which) ?? 'list';
  return (
    <PageFrame page="sensors" title={words.title} shared={props}>
      {which === 'one' ? null : (
        <nav className="tabs" aria-label={words.title}>
          {tabs.map((name) => (
            <a
              key={name}
              href={name === 'list' ? '#sensors' : `#sensors/${name}`}
              aria-current={name === tab ? 'page' : undefined}
            >
              {words.tabs[name]}
            </a>
          ))}
        </nav>
      )}
      {which === 'one' && id ? (
        <SensorCard key={id} id={id} community={community} />
      ) : tab === 'tickets' ? (
        <TicketList community={community} />
      ) : tab === 'decals' ? (
        <Decals communityId={community.id} />
      ) : (
        <SensorList key={id} community={community} homeId={which === 'home' ? id : undefined} />
      )}
    </PageFrame>
  );
}
