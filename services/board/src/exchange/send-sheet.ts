import type { ExchangeReport } from '#contracts/http/register/exchange.ts';
import { sendBytes } from '../app/api.ts';
import { fetchFile, saveFile } from '../app/save-file.ts';

/** What a sheet would change; with the stamp of what somebody has seen it is done. */
export function sendSheet(communityId: string, file: File, stamp?: string): Promise<ExchangeReport> {
  const agreed = stamp ? `&stamp=${stamp}` : '';
  return sendBytes<ExchangeReport>(`/register/sheet?community=${communityId}${agreed}`, file);
}

/** Saves the register as it is now to the person's computer. */
export const saveRegister = (communityId: string): Promise<void> =>
  fetchFile(`/register/sheet?community=${communityId}`, 'register.xlsx');

/** Rows as a .csv that Excel opens in Chinese. */
export function saveCsv(rows: readonly (readonly (string | number)[])[], name: string): void {
  const quoted = (cell: string | number) => `"${String(cell).replaceAll('"', '""')}"`;
  const text = rows.map((row) => row.map(quoted).join(',')).join('\r\n');
  saveFile(new Blob(['\ufeff', text], { type: 'text/csv' }), name);
}
