import { SETTINGS_TEXT } from '#pact/text/board-settings.ts';
import { useTextOf } from '../app/language.ts';
import { PageFrame } from '../app/page-frame.tsx';
import type { PageProps } from '../app/page-name.ts';
import { Backups } from './backups.tsx';
import { CommunitySections } from './community-sections.tsx';
import { Gateways } from './gateways.tsx';
import { Grids } from './grids.tsx';
import { Ladders } from './ladders.tsx';
import { Occasions } from './occasions.tsx';
import { Retention } from './retention.tsx';
import { Robots } from './robots.tsx';
import '../style/register.css';
import '../style/settings.css';

/** How a community works: its times, orders of pages, grids, groups and gateways, each to be changed where it stands. */
export default function SettingsPage(props: PageProps) {
  const words = useTextOf(SETTINGS_TEXT);
  const { community } = props;
  return (
    <PageFrame page="settings" title={words.title} shared={props} className="settings">
      <header className="page-head">
        <div>
          <h2>
            {words.title} <small>{community.name}</small>
          </h2>
          <p className="hint">{words.lead}</p>
        </div>
      </header>
      <div className="file">
        <CommunitySections community={community} />
        <Ladders communityId={community.id} />
        <Robots communityId={community.id} />
        <Grids communityId={community.id} />
        <Gateways communityId={community.id} />
        <Retention community={community} />
        <Backups community={community} />
        <Occasions communityId={community.id} />
      </div>
    </PageFrame>
  );
}
