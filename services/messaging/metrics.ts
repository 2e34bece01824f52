import { CHANNELS } from '#pact/ladder.ts';
import { REPLY_ACTIONS, UNCLEAR_REASONS } from '#pact/reply.ts';
import { counter, histogram, type Meters } from '#platform/metrics.ts';
import { ATTEMPT_OUTCOMES } from './deliver.ts';

const PROVIDERS = ['twilio', 'twilio-voice', 'aliyun', 'robot', 'outbox', 'outbox-voice'] as const;

/** The words of docs/errors.md that a gateway may say at once. */
const REASONS = [
  'phone_unreachable',
  'number_unknown',
  'number_invalid',
  'number_not_mobile',
  'number_is_short_code',
  'number_unreachable',
  'opted_out',
  'blocked',
  'filtered',
  'region_not_allowed',
  'expired',
  'text_missing',
  'text_too_long',
  'too_many_requests',
  'queue_full',
  'account_refused',
  'sender_refused',
  'refused',
  'too_many_to_phone',
  'quota_used_up',
  'template_refused',
  'robot_refused',
  'robot_removed',
] as const;

/** What messaging tells of itself on `/metrics`. */
export const MESSAGING_METRICS = {
  messages: counter('pact_messages_total', 'Attempts to send by what became of them', {
    channel: CHANNELS,
    kind: ['page', 'stand_down', 'answer', 'notice'],
    outcome: ATTEMPT_OUTCOMES,
  }),
  pageSeconds: histogram(
    'pact_page_seconds',
    'Wall seconds from a home’s deadline until a provider has accepted a page of its ladder’s first step, canaries included',
    [0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3_600],
  ),
  providerSeconds: histogram(
    'pact_provider_request_seconds',
    'Wall seconds that a provider took to answer: to send, to find what it has (a fate unknown to us), to poll a receipt',
    [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    {
      provider: PROVIDERS,
      request: ['send', 'find', 'poll'],
      outcome: ['ok', 'refused', 'failed'],
    },
  ),
  refusals: counter('pact_provider_refusals_total', 'Messages that a provider did not take', {
    provider: PROVIDERS,
    reason: REASONS,
  }),
  receipts: counter('pact_receipts_total', 'What providers told of messages that they had accepted', {
    state: ['accepted', 'delivered', 'read', 'failed', 'unknown'],
    /** Called by the provider, or asked for by us because nothing came. */
    way: ['called', 'polled'],
  }),
  replies: counter('pact_replies_total', 'What people answered: an action that was done, or why none was', {
    kind: [
      ...REPLY_ACTIONS,
      ...UNCLEAR_REASONS,
      /** One that we had already. */
      'repeated',
      /** A key in a call, whatever it asked for. */
      'key',
    ],
  }),
  webhooks: counter('pact_webhooks_total', 'Calls of providers to us by what became of them', {
    provider: ['twilio', 'aliyun'],
    /** `refused`: without a valid signature; `invalid`: signed but not to be read; `failed`: to be called again. */
    outcome: ['taken', 'refused', 'invalid', 'failed'],
  }),
};

export type MessagingMeters = Meters<typeof MESSAGING_METRICS>;
