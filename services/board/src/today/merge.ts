import type { AlertView, HomeView, MessageView, TodayChange, TodayView } from '#contracts/http/today.ts';

/** How many messages the board keeps at hand. */
const MESSAGES_KEPT = 200;

/** What a change means for the view: the merged view, or `refetch` when it speaks of another day. */
export function mergeChange(view: TodayView, change: TodayChange): TodayView | 'refetch' {
  if (change.date !== view.date) return 'refetch';
  return {
    ...view,
    now: change.now,
    counts: change.counts,
    homes: replaceBy(view.homes, change.homes, (home: HomeView) => home.householdId),
    alerts: replaceBy(view.alerts, change.alerts, (alert: AlertView) => alert.id).filter(isUnresolved),
    providers: change.providers,
    canary: change.canary,
    outages: change.outages,
    lostSources: change.lostSources,
    messages: newestFirst(replaceBy(view.messages, change.messages, (message: MessageView) => message.id)),
  };
}

/** The view in the order that the board shows: those nobody goes to first, the longest waiting on top. */
export const arrange = (view: TodayView): TodayView => ({
  ...view,
  alerts: view.alerts.filter(isUnresolved),
  messages: newestFirst(view.messages),
});

export const byUrgency = (a: AlertView, b: AlertView): number =>
  urgency(a) - urgency(b) ||
  Date.parse(a.deadlineAt) - Date.parse(b.deadlineAt) ||
  a.code.localeCompare(b.code);

const urgency = (alert: AlertView) => (alert.emergencyAt ? 0 : alert.status === 'open' ? 1 : 2);
const isUnresolved = (alert: AlertView) => alert.status !== 'closed';

/** Keeps the identity of what did not change, so that a window which stays the same is not drawn again. */
function replaceBy<T>(old: readonly T[], changed: readonly T[], keyOf: (item: T) => string): T[] {
  if (changed.length === 0) return old as T[];
  const news = new Map(changed.map((item) => [keyOf(item), item]));
  const kept = old.map((item) => {
    const replacement = news.get(keyOf(item));
    news.delete(keyOf(item));
    return replacement ?? item;
  });
  return [...kept, ...news.values()];
}

const newestFirst = (messages: readonly MessageView[]): MessageView[] =>
  [...messages].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt)).slice(0, MESSAGES_KEPT);
