import type { HomeView } from '#contracts/http/today.ts';

let last = 0;

/** A home as the service would tell of it, with what a test cares about. */
export function home(parts: Partial<HomeView> = {}): HomeView {
  last += 1;
  return {
    householdId: `household-${String(last).padStart(4, '0')}`,
    code: String(last),
    salutation: '王奶奶',
    grid: '第一网格',
    building: '3栋',
    unit: null,
    floor: null,
    room: '501',
    state: 'awaiting',
    curtain: 'closed',
    reason: null,
    proofAt: null,
    deadlineAt: '2026-11-24T00:00:00Z',
    lateFrom: null,
    steward: null,
    lastSeenAt: null,
    battery: null,
    openTickets: 0,
    lookIn: null,
    openedAway: null,
    unread: null,
    alertId: null,
    outcome: null,
    missing: [],
    ...parts,
  };
}
