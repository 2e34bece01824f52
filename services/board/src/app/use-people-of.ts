import { useQuery } from '@tanstack/react-query';
import type { PersonView } from '#contracts/http/register/person.ts';
import { get } from './api.ts';

/** Everybody whom a community may call: stewards, neighbours, the office, families. */
export const usePeopleOf = (communityId: string) =>
  useQuery({
    queryKey: ['people', communityId],
    queryFn: async () =>
      (await get<{ items: PersonView[] }>(`/stewards?community=${communityId}&kind=all&limit=1000`)).items,
  });
