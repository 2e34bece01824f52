import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { CurtainNews } from '#contracts/http/register/sensor.ts';
import { get } from '../app/api.ts';

export type CurtainReport = CurtainNews['items'][number];

const ASK_EVERY_MS = 1_000;

/**
 * What a sensor says of its curtain from now on, for whoever stands beside it: its newest report since it was begun,
 * or begun anew.
 */
export function useCurtainNews(sensorId: string) {
  const [after, setAfter] = useState<number>();
  const query = useQuery({
    queryKey: ['curtain-news', sensorId, after],
    queryFn: ({ signal }) =>
      get<CurtainNews>(`/sensors/${sensorId}/news${after === undefined ? '' : `?after=${after}`}`, signal),
    refetchInterval: ASK_EVERY_MS,
    // A report of an earlier test is none of this one.
    gcTime: 0,
    staleTime: 0,
  });
  const upto = query.data?.upto;
  useEffect(() => {
    if (after === undefined && upto !== undefined) setAfter(upto);
  }, [after, upto]);
  const heard: CurtainReport | undefined = after === undefined ? undefined : query.data?.items[0];
  return { heard, ready: after !== undefined, problem: query.error ?? undefined, begin: setAfter };
}
