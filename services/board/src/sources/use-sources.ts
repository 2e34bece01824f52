import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import type { DeviceView } from '#contracts/http/register/device.ts';
import type { List } from '#contracts/http/register/paging.ts';
import type { SourceView } from '#contracts/http/register/source.ts';
import { get } from '../app/api.ts';

/** Somebody opens and closes a contact and looks whether it arrives. */
const ASK_EVERY_MS = 2_000;
export const MOST_DEVICES = 1_000;

export const useSources = (communityId: string) =>
  useQuery({
    queryKey: ['sources', communityId],
    queryFn: async ({ signal }) =>
      (await get<List<SourceView>>(`/sources?community=${communityId}&limit=200`, signal)).items,
    placeholderData: keepPreviousData,
    refetchInterval: ASK_EVERY_MS,
  });

/** Those that nobody has paired first; of one source where it is named. */
export const useDevices = (communityId: string, sourceId: string | undefined) =>
  useQuery({
    queryKey: ['devices', communityId, sourceId],
    queryFn: ({ signal }) =>
      get<List<DeviceView>>(
        `/devices?community=${communityId}&limit=${MOST_DEVICES}${sourceId ? `&source=${sourceId}` : ''}`,
        signal,
      ),
    placeholderData: keepPreviousData,
    refetchInterval: ASK_EVERY_MS,
  });

type Codec = { id: string; name: string };
/** The office's own codecs, by name. */
export const useCodecs = (communityId: string) =>
  useQuery({
    queryKey: ['codecs-to-choose', communityId],
    queryFn: async ({ signal }) =>
      (await get<{ items: Codec[] }>(`/codecs?community=${communityId}`, signal)).items,
  });

/** After a change: the page asks anew at once. */
export function useAskAgain() {
  const queries = useQueryClient();
  return async () => {
    const keys = ['sources', 'devices', 'device', 'sensors'];
    await Promise.all(keys.map((key) => queries.invalidateQueries({ queryKey: [key] })));
  };
}
