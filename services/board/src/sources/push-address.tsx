import type { SourceView } from '#contracts/http/register/source.ts';
import { SOURCES_TEXT } from '#pact/text/board-sources.ts';
import { useTextOf } from '../app/language.ts';
import { LinkToCopy } from '../app/link-to-copy.tsx';

/** What to enter at a carrier or in a hook: where to push, and how it is signed. The secret only where it was just made. */
export function PushAddress({ source, secret }: { source: SourceView; secret: string | undefined }) {
  const words = useTextOf(SOURCES_TEXT).push;
  // What signs nothing proves itself by its address.
  const isInAddress = source.format === 'ctwing';
  const address = `${source.pushUrl}${isInAddress && secret ? `/${secret}` : ''}`;
  return (
    <div className="push-address">
      {secret ? <p className="amber box">{words.secretOnce}</p> : null}
      <LinkToCopy link={address} label={words.address} hint={words.addressHint} />
      {secret && !isInAddress ? (
        <p>
          {words.secret} <code>{secret}</code>
        </p>
      ) : null}
      <p className="hint">{words.how[source.format]}</p>
      {secret ? null : <p className="hint">{words.hidden}</p>}
    </div>
  );
}
