import { useQuery } from '@tanstack/react-query';
import type { HouseholdView } from '#contracts/http/register/household.ts';
import { get } from './api.ts';

const NUMBERS = new Intl.Collator('en', { numeric: true });

/** The homes of a community, to choose from, by their numbers as people count them. */
export const useHomes = (communityId: string) =>
  useQuery({
    queryKey: ['homes-to-choose', communityId],
    queryFn: async ({ signal }) => {
      const path = `/households?community=${communityId}&limit=1000`;
      const { items } = await get<{ items: HouseholdView[] }>(path, signal);
      return [...items].sort((a, b) => NUMBERS.compare(a.code, b.code));
    },
  });
