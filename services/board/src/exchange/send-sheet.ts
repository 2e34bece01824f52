import type { ExchangeReport } from '#contracts/http/register/exchange.ts';
import { ApiProblem, sendBytes } from '../app/api.ts';

/** What a sheet would change; with the stamp of what somebody has seen it is done. */
export function sendSheet(communityId: string, file: File, stamp?: string): Promise<ExchangeReport> {
  const agreed = stamp ? `&stamp=${stamp}` : '';
  return sendBytes<ExchangeReport>(`/register/sheet?community=${communityId}${agreed}`, file);
}

/** Saves the register as it is now to the person's computer. */
export async function saveRegister(communityId: string): Promise<void> {
  const answer = await fetch(`/api/v1/register/sheet?community=${communityId}`);
  if (!answer.ok) throw new ApiProblem(answer.status, {});
  const name = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1];
  saveFile(await answer.blob(), name ?? 'register.xlsx');
}

/** Rows as a .csv that Excel opens in Chinese. */
export function saveCsv(rows: readonly (readonly (string | number)[])[], name: string): void {
  const quoted = (cell: string | number) => `"${String(cell).replaceAll('"', '""')}"`;
  const text = rows.map((row) => row.map(quoted).join(',')).join('\r\n');
  saveFile(new Blob(['\ufeff', text], { type: 'text/csv' }), name);
}

function saveFile(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
