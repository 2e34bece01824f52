import { useState } from 'react';
import { SOURCE_FORMATS } from '#contracts/bridge/formats.ts';
import type { SourceView, SourceWithSecret } from '#contracts/http/register/source.ts';
import { SOURCES_TEXT } from '#pact/text/board-sources.ts';
import { patch, post, remove } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { useAction } from '../app/use-action.ts';
import { EditSheet } from '../register/edit-sheet.tsx';
import { momentOf } from '../register/moment.ts';
import { refusalWords } from './device-words.ts';
import { MakersDevice } from './makers-device.tsx';
import { PushAddress } from './push-address.tsx';
import { sourceFields, typed, valuesOf } from './source-fields.ts';
import { useAskAgain } from './use-sources.ts';

type Props = { source: SourceView; timeZone: string };

/** One source: how it stands, what it cannot do, and what can be done with it. */
export function SourceCard({ source, timeZone }: Props) {
  const words = useTextOf(SOURCES_TEXT);
  const [secret, setSecret] = useState<string>();
  const { lacks } = SOURCE_FORMATS[source.format];
  return (
    <li className="source" aria-label={source.name}>
      <header>
        <h4>
          {source.name} <small>{words.formats[source.format]}</small>
        </h4>
        <State source={source} timeZone={timeZone} />
      </header>
      {source.isInTheOpen ? <p className="amber box">{words.inTheOpen}</p> : null}
      {source.looksLike ? (
        <p className="amber box">
          {words.looksLikeSource(words.formats[source.looksLike] ?? source.looksLike)}
        </p>
      ) : null}
      <p className="hint">
        {source.url ? <code>{source.url}</code> : null}
        {source.lastMessageAt ? words.lastMessage(momentOf(source.lastMessageAt, timeZone)) : words.noMessage}
        {' · '}
        {words.devices(source.paired, source.unknown)}
        {source.refused > 0 ? (
          <>
            {' · '}
            {words.refusedCount(source.refused)}
            {source.lastRefusal ? ` (${refusalWords(source.lastRefusal, words)})` : null}
          </>
        ) : null}
      </p>
      {source.kind === 'push' ? (
        <details open={secret !== undefined}>
          <summary>{words.push.title}</summary>
          <PushAddress source={source} secret={secret} />
        </details>
      ) : null}
      {lacks.length > 0 ? (
        <details>
          <summary>{words.cannot}</summary>
          <ul className="lacks">
            {lacks.map((lack) => (
              <li key={lack}>{words.lacks[lack]}</li>
            ))}
          </ul>
        </details>
      ) : null}
      <Actions source={source} onSecret={setSecret} />
    </li>
  );
}

function State({ source, timeZone }: Props) {
  const words = useTextOf(SOURCES_TEXT);
  const { state, problem, stateAt, enabled } = source;
  if (!enabled) return <p className="told">{words.states.off}</p>;
  const isWell = state === 'connected';
  const tone = isWell ? 'green' : state === 'waiting' ? 'grey' : 'red';
  return (
    <p className="told" data-tone={tone}>
      {source.kind === 'mqtt' ? words.states[state] : isWell ? words.pushReady : words.pushWaiting}
      {stateAt ? <small> {words.since(momentOf(stateAt, timeZone))}</small> : null}
      {problem ? <span> {words.problems[problem] ?? words.problemOther(problem)}</span> : null}
    </p>
  );
}

function Actions({ source, onSecret }: { source: SourceView; onSecret: (secret: string) => void }) {
  const words = useTextOf(SOURCES_TEXT);
  const common = useText();
  const askAgain = useAskAgain();
  const { run, pending } = useAction();
  const [open, setOpen] = useState<'edit' | 'remove' | 'device'>();
  const { id, name, enabled, format, kind } = source;
  const path = `/sources/${id}`;
  const act = async (send: () => Promise<unknown>, done: string, undo?: () => Promise<unknown>) => {
    const takeBack = () => void act(async () => undo?.(), words.restored);
    await run(send, done, undo && { label: common.undo, run: takeBack });
    await askAgain();
  };
  const turn = (on: boolean) => patch(path, { enabled: on });
  return (
    <>
      <p className="actions">
        {kind === 'broker' ? (
          <button type="button" className="button strong" onClick={() => setOpen('device')}>
            {words.makers.open}
          </button>
        ) : null}
        <Link label={words.edit} of={name} onPress={() => setOpen('edit')} />
        {kind === 'push' ? (
          <Link
            label={words.push.renew}
            of={name}
            disabled={pending}
            onPress={() =>
              void act(async () => {
                const renewed = await post<SourceWithSecret>(`${path}/secret`, {});
                if (renewed.secret) onSecret(renewed.secret);
              }, words.push.renewed)
            }
          />
        ) : null}
        <Link
          label={enabled ? words.turnOff : words.turnOn}
          of={name}
          disabled={pending}
          onPress={() =>
            void act(
              () => turn(!enabled),
              enabled ? words.turnedOff : words.turnedOn,
              enabled ? () => turn(true) : undefined,
            )
          }
        />
        <Link
          label={words.remove}
          of={name}
          onPress={() => setOpen(open === 'remove' ? undefined : 'remove')}
        />
      </p>
      {open === 'remove' ? (
        <div className="amber box" role="alert">
          <p>{words.removeLead(source.paired)}</p>
          <button
            type="button"
            className="button danger"
            disabled={pending}
            onClick={() =>
              void act(
                () => remove(path),
                words.removed,
                () => post(`${path}/restore`, {}),
              )
            }
          >
            {words.remove}
          </button>
        </div>
      ) : null}
      {open === 'device' ? (
        <MakersDevice sourceId={id} communityId={source.communityId} onClose={() => setOpen(undefined)} />
      ) : null}
      {open === 'edit' ? (
        <EditSheet
          title={name}
          draftKey={`source.${id}`}
          fields={sourceFields(format, words, false)}
          values={valuesOf(source)}
          onSave={async (changes) => {
            await patch(path, typed(changes, format));
            await askAgain();
          }}
          onClose={() => setOpen(undefined)}
        />
      ) : null}
    </>
  );
}

function Link(props: { label: string; of: string; disabled?: boolean; onPress: () => void }) {
  return (
    <button
      type="button"
      className="link"
      disabled={props.disabled}
      aria-label={`${props.label}: ${props.of}`}
      onClick={props.onPress}
    >
      {props.label}
    </button>
  );
}
