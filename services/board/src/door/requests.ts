import type { CareAnswer, CareDoorView, CarePress } from '#contracts/http/care.ts';
import type { DecalAnswer, DoorAnswer, DoorPress, DoorView } from '#contracts/http/door.ts';
import type { LeaveDoorView, LeavePress } from '#contracts/http/register/leave.ts';

/** What came of asking: an answer, a link that is over, or no network. */
export type Asked<T> = { ok: T } | 'over' | 'refused' | 'away';

async function ask<T>(path: string, authorization: string | undefined, body?: object): Promise<Asked<T>> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1/door${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(authorization ? { authorization } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  } catch (error) {
    console.warn('no answer', error);
    return 'away';
  }
  if (answer.ok) return { ok: (await answer.json()) as T };
  if (answer.status === 401) return 'over';
  // A busy or failing service is as good as none: what was pressed waits.
  return answer.status >= 500 || answer.status === 429 ? 'away' : 'refused';
}

export const askDoor = (link: string) => ask<DoorView>('', `Steward ${link}`);
export const sendPress = (link: string, press: DoorPress) =>
  ask<DoorAnswer>('/press', `Steward ${link}`, press);
export const askLeave = (link: string) => ask<LeaveDoorView>('/leave', `Leave ${link}`);
export const sendLeave = (link: string, press: LeavePress) =>
  ask<LeaveDoorView>('/leave', `Leave ${link}`, press);
export const askCare = (link: string) => ask<CareDoorView>('/care', `Care ${link}`);
export const sendCare = (link: string, press: CarePress) => ask<CareAnswer>('/care', `Care ${link}`, press);
export const scanDecal = (decal: string, links: readonly string[]) =>
  ask<DecalAnswer>('/decal', undefined, { decal, links });
export const askForLink = (decal: string, phone: string) =>
  ask<{ accepted: true }>('/decal/link', undefined, { decal, phone });
