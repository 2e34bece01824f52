/**
 * What may prove that somebody is up. `opened` is a curtain; `seen` a person who looked with their own eyes;
 * `called` the elder's own key in a call of ours.
 */
export const SIGNAL_KINDS = ['opened', 'seen', 'called'] as const;
export type SignalKind = (typeof SIGNAL_KINDS)[number];
