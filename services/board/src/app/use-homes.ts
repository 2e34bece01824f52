import { useQuery } from '@tanstack/react-query';
import type { HomePlace } from '#contracts/http/register/household.ts';
import type { List } from '#contracts/http/register/paging.ts';
import { get } from './api.ts';

/** As many as the service gives at once. */
const PAGE = 1000;
const NUMBERS = new Intl.Collator('en', { numeric: true });

/** The homes of a community, to choose from, by their numbers as people count them. */
export const useHomes = (communityId: string) =>
  useQuery({
    queryKey: ['homes-to-choose', communityId],
    queryFn: async ({ signal }) => {
      const homes: HomePlace[] = [];
      for (let total = 1; homes.length < total; ) {
        const path = `/households?community=${communityId}&limit=${PAGE}&offset=${homes.length}`;
        const list = await get<List<HomePlace>>(path, signal);
        homes.push(...list.items);
        // A home that is taken out meanwhile makes the last page empty.
        total = list.items.length > 0 ? list.total : 0;
      }
      return homes.sort((a, b) => NUMBERS.compare(a.code, b.code));
    },
  });
