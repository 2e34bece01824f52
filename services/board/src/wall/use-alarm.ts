import { useCallback, useEffect, useRef, useState } from 'react';

/** A browser lets a page sound only after somebody has touched it once. */
export function useAlarm(reds: readonly string[]): { isOn: boolean; turnOn: () => void } {
  const context = useRef<AudioContext>(undefined);
  const known = useRef<ReadonlySet<string>>(undefined);
  const [isOn, setOn] = useState(false);

  const turnOn = useCallback(() => {
    context.current ??= new AudioContext();
    const { current } = context;
    void current.resume().then(() => setOn(current.state === 'running'));
    ring(current);
  }, []);

  useEffect(() => {
    const before = known.current;
    known.current = new Set(reds);
    // What was red when the page was opened is no news.
    if (!before || !context.current) return;
    if (reds.some((id) => !before.has(id))) ring(context.current);
  }, [reds]);

  return { isOn, turnOn };
}

/** Two tones, up: heard across a room, and not a siren. */
function ring(context: AudioContext): void {
  for (const [index, pitch] of [660, 880].entries()) {
    const at = context.currentTime + index * 0.35;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.5, at + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.32);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.34);
  }
}

/** Keeps the screen from going dark, where the browser knows how; anew whenever the page is seen again. */
export function useWakeLock(): void {
  useEffect(() => {
    if (!('wakeLock' in navigator)) return;
    let lock: WakeLockSentinel | undefined;
    let over = false;
    const take = async () => {
      if (over || document.hidden) return;
      try {
        lock = await navigator.wakeLock.request('screen');
      } catch (error) {
        // A low battery refuses it; the screen's own settings then decide.
        console.warn('screen not kept on', error);
      }
    };
    const again = () => void take();
    void take();
    document.addEventListener('visibilitychange', again);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', again);
      void lock?.release();
    };
  }, []);
}
