/** An HTTP push as it came: whoever checks its signature needs every byte. */
export type Push = {
  method: 'GET' | 'POST';
  query: Readonly<Record<string, string>>;
  /** By their names in small letters. */
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
  /** What stood behind the source in the address. */
  token: string | null;
};

/** What whoever pushed is answered, as plain text. */
export type PushAnswer = { status: number; body: string };

/** Takes a push for a source; whether it may push at all is settled there. */
export type TakePush = (sourceId: string, push: Push) => Promise<PushAnswer>;
