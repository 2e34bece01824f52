/** The two halves: what opens backups and is written down, and what seals them and may lie about. */
export type RecoveryKey = { identity: string; recipient: string };

/** An age key of its own; `age` itself opens what was sealed for it. */
export async function createRecoveryKey(): Promise<RecoveryKey> {
  const { generateX25519Identity, identityToRecipient } = await import('age-encryption');
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

export const isRecipient = (text: string): boolean => /^age1[02-9ac-hj-np-z]{58}$/.test(text);

/** The recovery key in what somebody typed or keeps in a file, which may have lines of comment as age writes them. */
export const findIdentity = (text: string): string | undefined =>
  /AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}/.exec(text.toUpperCase().replace(/[^\S\n]/g, ''))?.[0];
