/**
 * What somebody is here for; which routes each may use stands at the routes.
 *
 * - `admin`: everything, and who else comes in
 * - `office` (社区办公室): everything of its communities
 * - `steward` (红管家): the homes that they look after, and their alerts
 * - `maintenance`: sensors and where they hang, but nobody's name, number or file
 * - `district` (区): how many, never who or where
 */
export const ROLES = ['admin', 'office', 'steward', 'maintenance', 'district'] as const;
export type Role = (typeof ROLES)[number];

/** Who asks may also be a `wall`: a screen where somebody of the office has signed in, which only looks at the morning. */
export const SEATS = [...ROLES, 'wall'] as const;
export type Seat = (typeof SEATS)[number];

/** What a program's token may be for: it lets nobody in, and is nobody's steward. */
export const TOKEN_ROLES = ['office', 'maintenance', 'district'] as const;
export type TokenRole = (typeof TOKEN_ROLES)[number];
