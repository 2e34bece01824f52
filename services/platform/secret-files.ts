import { readFileSync } from 'node:fs';

/**
 * What Docker, Kubernetes and systemd hand over as a file: where `KEY_FILE` names one, its content is the value of
 * `KEY`, without the line end that editors leave behind.
 * @param complain is told, by key and never by value, what cannot be used
 */
export function readSecretFile(
  env: Readonly<Record<string, string | undefined>>,
  key: string,
  complain: (key: string, what: string) => void,
): string | undefined {
  const path = env[`${key}_FILE`]?.trim();
  if (!path) return undefined;
  if (env[key]?.trim()) {
    complain(`${key}_FILE`, `cannot be set beside ${key}`);
    return undefined;
  }
  try {
    const value = readFileSync(path, 'utf8').trim();
    if (!value) complain(`${key}_FILE`, 'names an empty file');
    return value;
  } catch (error) {
    complain(`${key}_FILE`, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
    return undefined;
  }
}
