import { SOURCES_TEXT } from '#pact/text/board-sources.ts';
import { useTextOf } from '../app/language.ts';
import { PageFrame } from '../app/page-frame.tsx';
import type { PageProps } from '../app/page-name.ts';
import { DeviceCard } from './device-card.tsx';
import { SourceList } from './source-list.tsx';
import '../style/register.css';
import '../style/sensors.css';
import '../style/sources.css';

/** Where devices come from that do not speak our contract: the sources with their devices, and one device's card. */
export default function SourcesPage(props: PageProps) {
  const words = useTextOf(SOURCES_TEXT);
  const { community, rest } = props;
  const [which, id] = rest;
  return (
    <PageFrame page="sources" title={words.title} shared={props}>
      {which === 'device' && id ? (
        <DeviceCard key={id} id={id} community={community} />
      ) : (
        <SourceList community={community} />
      )}
    </PageFrame>
  );
}
