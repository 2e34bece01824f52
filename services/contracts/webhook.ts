/** A provider's call to us, as raw as it came: signatures cover the bytes and the public address. */
export type WebhookRequest = {
  /** The address as the provider called it. */
  url: string;
  headers: Readonly<Record<string, string | undefined>>;
  rawBody: string;
  params: Readonly<Record<string, string>>;
};

export type WebhookAnswer = { status: number; contentType: string; body: string };

/** A webhook that a messaging gateway wants mounted; it checks its own signature before anything else. */
export type WebhookRoute = {
  path: string;
  handle(request: WebhookRequest): Promise<WebhookAnswer>;
};
