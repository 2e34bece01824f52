import type { DoctorKey } from '#pact/text/doctor.ts';

export type Status = 'ok' | 'warn' | 'fail';

/** One thing that was looked at. `check` is stable, so that programs can watch it. */
export type Finding = { check: DoctorKey; status: Status; text: string; hint?: string };

type Said = { text: string; hint?: string };

export const ok = (check: DoctorKey, said: Said): Finding => ({ check, status: 'ok', ...said });
export const warn = (check: DoctorKey, said: Said): Finding => ({ check, status: 'warn', ...said });
export const fail = (check: DoctorKey, said: Said): Finding => ({ check, status: 'fail', ...said });
