import { useState } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';
import { SOURCES_TEXT } from '#pact/text/board-sources.ts';
import { useTextOf } from '../app/language.ts';
import { Loaded } from '../app/loaded.tsx';
import { Section } from '../register/section.tsx';
import { AddSource } from './add-source.tsx';
import { DeviceList } from './device-list.tsx';
import { SourceCard } from './source-card.tsx';
import { MOST_DEVICES, useDevices, useSources } from './use-sources.ts';

/** The sources of a community and everything that they have told of, as it comes in. */
export function SourceList({ community }: { community: CommunityView }) {
  const words = useTextOf(SOURCES_TEXT);
  const [adding, setAdding] = useState(false);
  const sources = useSources(community.id);
  const devices = useDevices(community.id, undefined);
  const add = (
    <button type="button" className="button strong" onClick={() => setAdding(true)}>
      {words.add}
    </button>
  );
  return (
    <>
      <header className="page-head">
        <div>
          <h2>{words.title}</h2>
          <p className="hint">{words.lead}</p>
        </div>
        <nav className="actions" aria-label={words.title}>
          <a className="link" href="#sensors">
            ‹ {words.toSensors}
          </a>
          <a className="button" href="#codecs">
            {words.toCodecs}
          </a>
          {add}
        </nav>
      </header>
      <Loaded query={sources} loading={words.loading}>
        {(items) =>
          items.length === 0 ? (
            <section className="state">
              <h2>{words.emptyTitle}</h2>
              <p>{words.emptyLead}</p>
              {add}
            </section>
          ) : (
            <div className="source-columns">
              <Section title={words.sources}>
                <ul className="sources">
                  {items.map((source) => (
                    <SourceCard key={source.id} source={source} timeZone={community.timeZone} />
                  ))}
                </ul>
              </Section>
              <Loaded query={devices} loading={words.loading}>
                {({ items: found, total }) => (
                  <div>
                    <DeviceList devices={found} communityId={community.id} timeZone={community.timeZone} />
                    {total > MOST_DEVICES ? <p className="hint">{words.cut(found.length, total)}</p> : null}
                  </div>
                )}
              </Loaded>
            </div>
          )
        }
      </Loaded>
      {adding ? <AddSource communityId={community.id} onClose={() => setAdding(false)} /> : null}
    </>
  );
}
