import { counter, gauge, histogram, type Meters } from '#platform/metrics.ts';

/** What the API tells of itself on `/metrics`. */
export const API_METRICS = {
  requests: counter('pact_http_requests_total', 'Requests that were answered', {
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    route: 'the patterns of our routes, such as `/api/v1/alerts/:id`; `none` where there is no such route',
    status: 'the codes of HTTP',
  }),
  seconds: histogram(
    'pact_http_request_seconds',
    'Wall seconds until the answer was sent; the live stream, which does not end, is left out',
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    {
      method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      route: 'as above',
    },
  ),
  subscribers: gauge('pact_stream_subscribers', 'Boards that hear the live stream of this process'),
  pushSeconds: histogram(
    'pact_stream_push_seconds',
    'Wall seconds from the database’s notice of a change until it was sent to the boards',
    [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2.5, 10],
  ),
};

export type ApiMeters = Meters<typeof API_METRICS>;
