import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { TodayChange, TodayView } from '#contracts/http/today.ts';
import { get } from '../app/api.ts';
import { serverNow, setServerClock } from './clock.ts';
import { arrange, mergeChange } from './merge.ts';
import { followStream } from './stream.ts';

/** `since` is the server's time when the stream was last heard; what was fetched after it is as new as it says. */
export type Liveness =
  | { state: 'connecting' }
  | { state: 'live' }
  | { state: 'dropped'; since: number | undefined; retry: () => void };

/** Today's view of a community: fetched, kept live by the stream, and fetched anew after every gap. */
export function useLiveToday(communityId: string) {
  const queries = useQueryClient();
  const [liveness, setLiveness] = useState<Liveness>({ state: 'connecting' });
  const key = ['today', communityId];
  // Changes that come while a fetch is under way may be newer than its answer: they are merged after it.
  const waiting = useRef<TodayChange[] | undefined>(undefined);

  const today = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      waiting.current = [];
      try {
        const fetched = arrange(await get<TodayView>(`/today?community=${communityId}`, signal));
        const changes = waiting.current.filter((change) => Date.parse(change.now) >= Date.parse(fetched.now));
        const view = changes.reduce(mergeOrKeep, fetched);
        setServerClock(view.now, view.clockSpeed);
        return view;
      } finally {
        waiting.current = undefined;
      }
    },
    // What the stream may have missed is found within a minute.
    refetchInterval: 60_000,
    structuralSharing: true,
  });

  useEffect(() => {
    const todayKey = ['today', communityId];
    const refetch = () => void queries.invalidateQueries({ queryKey: todayKey });
    let heardAt: number | undefined;
    const stream = followStream(`/api/v1/stream?community=${communityId}`, {
      opened() {
        setLiveness({ state: 'live' });
        refetch();
      },
      dropped() {
        setLiveness({ state: 'dropped', since: heardAt, retry: () => stream.retry() });
        // A session that ended looks like a dropped stream; asking tells which it is.
        void queries.invalidateQueries({ queryKey: ['session'] });
      },
      heard() {
        heardAt = serverNow();
      },
      tick: (now) => setServerClock(now),
      resync: refetch,
      change(change) {
        setServerClock(change.now);
        if (waiting.current) waiting.current.push(change);
        const view = queries.getQueryData<TodayView>(todayKey);
        const merged = view ? mergeChange(view, change) : 'refetch';
        if (merged === 'refetch') refetch();
        else queries.setQueryData(todayKey, merged);
      },
    });
    return () => stream.close();
  }, [communityId, queries]);

  return { today, liveness };
}

function mergeOrKeep(view: TodayView, change: TodayChange): TodayView {
  const merged = mergeChange(view, change);
  return merged === 'refetch' ? view : merged;
}
