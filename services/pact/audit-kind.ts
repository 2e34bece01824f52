/** The kinds by which people look through the audit log. */
export const AUDIT_KINDS = ['looks', 'changes', 'alerts', 'access'] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

/** Somebody learnt something of people, and changed nothing. */
export const LOOKS = [
  'household.read',
  'household.month',
  'household.care',
  'care.read',
  'household.export',
  'household.history',
  'households.search',
  'resident.read',
  'resident.list',
  'removed.read',
  'register.export',
  'report.export',
  'decals.read',
  'decals.print',
  'round.print',
  'audit.read',
] as const;

/** What is of another thing than its name says. */
const OF_ALERTS = ['message.answered', 'household.seen'];

/** Of which kind an action is: an entry is of one, and of no other. */
export function auditKindOf(action: string): AuditKind {
  if ((LOOKS as readonly string[]).includes(action)) return 'looks';
  if (/^(session|account|token)\./.test(action)) return 'access';
  if (action.startsWith('alert.') || OF_ALERTS.includes(action)) return 'alerts';
  return 'changes';
}
