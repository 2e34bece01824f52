import { createContext, useContext } from 'react';
import type { SessionView } from '#contracts/http/account.ts';
import type { Seat } from '#pact/role.ts';
import { PAGE_NAMES, type PageName } from './page-name.ts';

/** Who is signed in, for everything below the door. */
export const SessionContext = createContext<SessionView | undefined>(undefined);

export function useSession(): SessionView {
  const session = useContext(SessionContext);
  if (!session) throw new Error('Nobody is signed in here.');
  return session;
}

const isOffice = (role: Seat) => role === 'admin' || role === 'office';

/** Whether what only the office does is offered. The service refuses it in any case. */
export const useIsOffice = (): boolean => isOffice(useSession().role);

/** Which pages each role has, the first one being where it begins. */
const PAGES_OF: Record<Seat, readonly PageName[]> = {
  admin: [...PAGE_NAMES.filter((page) => page !== 'overview'), 'alert', 'sources', 'codecs'],
  office: [...PAGE_NAMES.filter((page) => page !== 'overview'), 'alert', 'sources', 'codecs'],
  steward: ['today', 'alert'],
  maintenance: ['sensors'],
  district: ['overview', 'report'],
  wall: ['wall'],
};

export const pagesOf = (role: Seat): readonly PageName[] => PAGES_OF[role];

/** Whether the morning goes on at the head of the page: whoever may know no names has none. */
export const useHasMorning = (): boolean => pagesOf(useSession().role).includes('today');
