import { useServerTime } from '../today/clock.ts';

/** The latest month that a report can be of, by the service's clock. Its last days lie ahead. */
export function useThisMonth(timeZone: string): string {
  const nowMs = useServerTime(60_000);
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
  }).formatToParts(nowMs);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}`;
}
