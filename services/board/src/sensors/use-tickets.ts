import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { TicketView } from '#contracts/http/register/ticket.ts';
import { get } from '../app/api.ts';

/** The tickets of a community by the day they are due, open ones or all. */
export const useTickets = (communityId: string, all: boolean) =>
  useQuery({
    queryKey: ['tickets', communityId, all],
    queryFn: async ({ signal }) =>
      (
        await get<{ items: TicketView[] }>(
          `/tickets?community=${communityId}&limit=1000${all ? '&all=true' : ''}`,
          signal,
        )
      ).items,
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
