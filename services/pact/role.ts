/** What somebody may do here; which routes each may use stands at the routes. */
export const ROLES = ['admin', 'office'] as const;
export type Role = (typeof ROLES)[number];
