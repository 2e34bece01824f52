/** A request that the service refused or that never reached it (`code` is then OFFLINE). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: unknown;
  readonly requestId: string | undefined;

  constructor(status: number, body: ErrorBody) {
    super(body.message ?? body.code ?? `HTTP ${status}`);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = body.code ?? 'INTERNAL';
    this.details = body.details;
    this.requestId = body.requestId;
  }
}

type ErrorBody = { code?: string; message?: string; details?: unknown; requestId?: string };

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> =>
  request<T>('GET', path, undefined, signal);
export const post = <T = unknown>(path: string, body: unknown): Promise<T> => request<T>('POST', path, body);
export const patch = <T = unknown>(path: string, body: unknown): Promise<T> =>
  request<T>('PATCH', path, body);
export const put = <T = unknown>(path: string, body: unknown): Promise<T> => request<T>('PUT', path, body);
export const remove = (path: string): Promise<unknown> => request('DELETE', path);

/** A file as it is. */
export async function sendBytes<T>(path: string, file: Blob): Promise<T> {
  const response = await reach(`/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: file,
  });
  return answerOf<T>(response);
}

/** A file, and the name that the service gives it. */
export async function getFile(path: string): Promise<{ blob: Blob; name: string | undefined }> {
  const response = await reach(`/api/v1${path}`, {});
  if (!response.ok) await answerOf(response);
  const [, name] = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '') ?? [];
  return { blob: await response.blob(), name };
}

async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await reach(`/api/v1${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    ...(signal ? { signal } : {}),
  });
  return answerOf<T>(response);
}

async function answerOf<T>(response: Response): Promise<T> {
  const answer = readJson(await response.text());
  if (!response.ok) throw new ApiProblem(response.status, (answer as { error?: ErrorBody })?.error ?? {});
  return answer as T;
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiProblem(0, { code: 'OFFLINE', message: String(error) });
  }
}

/** A proxy's own error page is no JSON; the status then says what is to be said. */
function readJson(text: string): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
