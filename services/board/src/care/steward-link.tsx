import { useState } from 'react';
import { CARE_TEXT } from '#pact/text/board-care.ts';
import { post } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { LinkToCopy } from '../app/link-to-copy.tsx';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';

/** The way to a steward's own list on their phone: a link to hand on by WeChat, or sent by SMS. */
export function StewardLink(props: { communityId: string; personId: string; name: string }) {
  const words = useTextOf(CARE_TEXT);
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="link"
        aria-label={words.linkTitle(props.name)}
        onClick={() => setOpen(true)}
      >
        {words.link}
      </button>
      {open ? <LinkSheet {...props} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function LinkSheet(props: { communityId: string; personId: string; name: string; onClose: () => void }) {
  const words = useTextOf(CARE_TEXT);
  const { run, pending, problem } = useAction('inline');
  const [link, setLink] = useState<string>();
  const { communityId, personId } = props;

  async function make(send: boolean) {
    const ask = async () => {
      const path = `/care/links?community=${communityId}`;
      const made = await post<{ link: string }>(path, { personId, send });
      if (!send) setLink(made.link);
    };
    if ((await run(ask, send ? words.linkSent : words.linkMade)) && send) props.onClose();
  }
  return (
    <Sheet title={words.linkTitle(props.name)} kind="box" onClose={props.onClose}>
      <p className="lead">{words.linkLead}</p>
      <ProblemNote problem={problem} />
      {link ? (
        <LinkToCopy link={link} label={words.linkReady} />
      ) : (
        <div className="actions">
          <button type="button" className="button strong" disabled={pending} onClick={() => void make(false)}>
            {words.linkMake}
          </button>
          <button type="button" className="button" disabled={pending} onClick={() => void make(true)}>
            {words.linkSend}
          </button>
        </div>
      )}
    </Sheet>
  );
}
