import { useState } from 'react';
import type { DeviceView } from '#contracts/http/register/device.ts';
import { SOURCES_TEXT } from '#pact/text/board-sources.ts';
import { patch, post, remove } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { useAction } from '../app/use-action.ts';
import { PairSheet } from './pair-sheet.tsx';
import { useAskAgain } from './use-sources.ts';

/**
 * Pairs a device, moves it, takes it off and ignores it, each to be taken back.
 * @param props.canComeBack whether a device that was taken off can be paired again
 */
export function DeviceActions({ device, canComeBack }: { device: DeviceView; canComeBack: boolean }) {
  const words = useTextOf(SOURCES_TEXT);
  const common = useText();
  const askAgain = useAskAgain();
  const { run, pending } = useAction();
  const [open, setOpen] = useState<'pair' | 'unpair'>();
  const { sensorId, householdId, ignoredAt } = device;
  const path = `/devices/${device.id}`;
  const act = async (send: () => Promise<unknown>, done: string, undo?: () => Promise<void>) => {
    setOpen(undefined);
    await run(send, done, undo && { label: common.undo, run: () => void undo() });
    await askAgain();
  };
  const ignore = (ignored: boolean): Promise<void> =>
    act(
      () => patch(path, { ignored }),
      ignored ? words.ignored : words.unignored,
      ignored ? () => ignore(false) : undefined,
    );
  const pairAgain = () => act(() => post(`${path}/pairing`, { householdId }), words.pairedAgain);
  const unpair = () =>
    act(() => remove(`${path}/pairing`), words.unpaired, canComeBack && householdId ? pairAgain : undefined);
  return (
    <>
      <p className="actions">
        {sensorId || canComeBack ? (
          <button
            type="button"
            className={sensorId ? 'button' : 'button strong'}
            onClick={() => setOpen('pair')}
          >
            {sensorId ? words.move : words.pair}
          </button>
        ) : null}
        {sensorId ? (
          <button
            type="button"
            className="button"
            aria-expanded={open === 'unpair'}
            onClick={() => setOpen(open === 'unpair' ? undefined : 'unpair')}
          >
            {words.unpair}
          </button>
        ) : (
          <button type="button" className="button" disabled={pending} onClick={() => void ignore(!ignoredAt)}>
            {ignoredAt ? words.unignore : words.ignore}
          </button>
        )}
      </p>
      {open === 'unpair' ? (
        <div className="amber box" role="alert">
          <p>{words.unpairLead}</p>
          <button type="button" className="button danger" disabled={pending} onClick={() => void unpair()}>
            {words.unpair}
          </button>
        </div>
      ) : null}
      {open === 'pair' ? <PairSheet device={device} onClose={() => setOpen(undefined)} /> : null}
    </>
  );
}
