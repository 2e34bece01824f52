import { getFile } from './api.ts';

/** Fetches a file and saves it to the person's computer, under the name that the service gives it. */
export async function fetchFile(path: string, name: string): Promise<void> {
  const file = await getFile(path);
  saveFile(file.blob, file.name ?? name);
}

/** Saves what is in hand to the person's computer. */
export function saveFile(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
