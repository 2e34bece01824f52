import { KEEP_DAYS, type KeepDays } from '#pact/retention.ts';
import { SMS_TEMPLATE_NAMES, type SmsTemplateName } from '#pact/text/sms-templates.ts';
import { isTimeZone } from '#pact/time-zone.ts';
import { PactError } from './errors.ts';
import { readSecretFile } from './secret-files.ts';

/** Which parts a process runs; by default all of them. */
export const SERVICE_NAMES = ['broker', 'bridge', 'rules', 'escalation', 'messaging', 'api'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

export type Config = {
  dataDir: string;
  /** A PostgreSQL of the operator's; without it the embedded one runs in the data folder. */
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  /** Key for stored secrets; without it one is made in the data folder. */
  secret: string | undefined;
  services: readonly ServiceName[];
  /** A process without the api serves health and metrics there; without a port it serves nothing. */
  http: { host: string; port: number | undefined; publicUrl: string | undefined; trustProxy: boolean };
  mqtt: {
    host: string;
    port: number | undefined;
    wsPort: number | undefined;
    tls: { port: number; certFile: string; keyFile: string } | undefined;
    maxConnections: number;
    /** The plain port stands behind a balancer that says for whom it speaks (PROXY protocol, version 1). */
    proxyProtocol: boolean;
  };
  /** Our broker as the bridge reaches it, where it does not run in the same process. */
  bridge: { brokerUrl: string | undefined };
  twilio:
    | {
        accountSid: string;
        authToken: string;
        previousAuthToken: string | undefined;
        from: string | undefined;
        messagingServiceSid: string | undefined;
        voiceFrom: string | undefined;
        perSecond: number;
        callsPerSecond: number;
        apiUrl: string | undefined;
      }
    | undefined;
  aliyun:
    | {
        accessKeyId: string;
        accessKeySecret: string;
        sign: string;
        templates: Readonly<Record<SmsTemplateName, string>>;
        pushToken: string;
        apiUrl: string | undefined;
      }
    | undefined;
  /** Called after each sweep whose audit passed, so that an outside monitor hears our silence. */
  heartbeatUrl: string | undefined;
  /** Where spans are sent, and which part of the traces; without it nothing is traced. */
  tracing:
    | { endpoint: string; serviceName: string; headers: Readonly<Record<string, string>>; ratio: number }
    | undefined;
  /** For how long what is kept. */
  keep: KeepDays;
  /** Where a backup goes every night, and how many stay there; without a folder none is made by itself. */
  backup: { dir: string | undefined; keep: number };
  logLevel: string;
  language: 'zh-CN' | 'en';
  /** For communities that the register names without a zone. */
  timeZone: string;
};

/** Every key with its default and meaning; `.env.example` holds the same list, and the check compares them. */
export const CONFIG_KEYS = [
  'PACT_DATA_DIR',
  'DATABASE_URL',
  'REDIS_URL',
  'PACT_SECRET',
  'PACT_SERVICES',
  'PACT_HTTP_HOST',
  'PACT_HTTP_PORT',
  'PACT_PUBLIC_URL',
  'PACT_TRUST_PROXY',
  'PACT_MQTT_HOST',
  'PACT_MQTT_PORT',
  'PACT_MQTT_WS_PORT',
  'PACT_MQTT_TLS_PORT',
  'PACT_MQTT_TLS_CERT',
  'PACT_MQTT_TLS_KEY',
  'PACT_MQTT_MAX_CONNECTIONS',
  'PACT_MQTT_PROXY_PROTOCOL',
  'PACT_BRIDGE_BROKER_URL',
  'TWILIO_ACCOUNT_SID',
  'TWILIO_AUTH_TOKEN',
  'TWILIO_AUTH_TOKEN_PREVIOUS',
  'TWILIO_FROM',
  'TWILIO_MESSAGING_SERVICE_SID',
  'TWILIO_VOICE_FROM',
  'TWILIO_PER_SECOND',
  'TWILIO_CALLS_PER_SECOND',
  'TWILIO_API_URL',
  'ALIYUN_ACCESS_KEY_ID',
  'ALIYUN_ACCESS_KEY_SECRET',
  'ALIYUN_SMS_SIGN',
  'ALIYUN_SMS_TEMPLATES',
  'ALIYUN_PUSH_TOKEN',
  'ALIYUN_API_URL',
  'PACT_HEARTBEAT_URL',
  'PACT_KEEP_AFTER_END_DAYS',
  'PACT_KEEP_EVENTS_DAYS',
  'PACT_KEEP_MESSAGES_DAYS',
  'PACT_KEEP_CHANGES_DAYS',
  'PACT_KEEP_AUDIT_DAYS',
  'PACT_KEEP_SESSIONS_DAYS',
  'PACT_BACKUP_DIR',
  'PACT_BACKUP_KEEP',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_SERVICE_NAME',
  'OTEL_TRACES_SAMPLER_ARG',
  'PACT_LOG_LEVEL',
  'PACT_LANGUAGE',
  'PACT_TIME_ZONE',
] as const;

type Key = (typeof CONFIG_KEYS)[number];
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment once, and files where `KEY_FILE` stands in place of `KEY`. All problems are reported together, each by key and never by value, because
 * a value may be a secret.
 * @throws PactError CONFIG_INVALID
 */
export function loadConfig(env: Environment): Config {
  const problems: string[] = [];
  const complain = (key: string, what: string): undefined => {
    problems.push(`${key}: ${what}`);
    return undefined;
  };
  const files = new Map(CONFIG_KEYS.map((key) => [key, readSecretFile(env, key, complain)]));
  const text = (key: Key): string | undefined => env[key]?.trim() || files.get(key) || undefined;
  const integer = (key: Key, fallback: number, least: number, most: number): number => {
    const value = text(key);
    if (value === undefined) return fallback;
    const number = Number(value);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    complain(key, `must be a whole number from ${least} to ${most}`);
    return fallback;
  };
  const port = (key: Key, fallback: number) => integer(key, fallback, 0, 65_535);
  const optionalPort = (key: Key, fallback: number | undefined) => {
    if (text(key) === 'off') return undefined;
    return text(key) === undefined ? fallback : port(key, 0);
  };
  const url = (key: Key, protocols: readonly string[]): string | undefined => {
    const value = text(key);
    if (value === undefined) return undefined;
    const protocol = URL.parse(value)?.protocol;
    if (protocol && protocols.includes(protocol)) return value;
    return complain(key, `must be an address that begins with ${protocols.join('// or ')}//`);
  };
  const oneOf = <T extends string>(key: Key, allowed: readonly T[], fallback: T): T => {
    const value = text(key);
    if (value === undefined) return fallback;
    if (allowed.includes(value as T)) return value as T;
    complain(key, `must be one of ${allowed.join(', ')}`);
    return fallback;
  };
  const group = (keys: readonly Key[]): boolean => {
    const missing = keys.filter((key) => text(key) === undefined);
    if (missing.length === keys.length) return false;
    for (const key of missing)
      complain(key, `is needed as soon as ${keys.filter((k) => k !== key).join(' or ')} is set`);
    return missing.length === 0;
  };

  /** Whoever can read the address can keep the monitor quiet, so that it goes in the clear only on this machine. */
  const heartbeatUrl = (): string | undefined => {
    const value = url('PACT_HEARTBEAT_URL', ['http:', 'https:']);
    const parsed = value ? URL.parse(value) : undefined;
    if (!parsed || parsed.protocol === 'https:' || isLoopback(parsed.hostname)) return value;
    return complain(
      'PACT_HEARTBEAT_URL',
      'must begin with https://, or with http:// for this machine itself',
    );
  };

  /** The standard's own keys, as far as we send traces. */
  const tracing = (): Config['tracing'] => {
    const base = url('OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:']);
    const part = text('OTEL_TRACES_SAMPLER_ARG') ?? '1';
    const ratio = Number(part);
    if (!(ratio >= 0 && ratio <= 1)) complain('OTEL_TRACES_SAMPLER_ARG', 'must be a number from 0 to 1');
    const headers = readHeaders(text('OTEL_EXPORTER_OTLP_HEADERS') ?? '', (what) =>
      complain('OTEL_EXPORTER_OTLP_HEADERS', what),
    );
    const serviceName = text('OTEL_SERVICE_NAME') ?? 'curtain-pact';
    if (base === undefined) return undefined;
    return { endpoint: `${base.replace(/\/+$/, '')}/v1/traces`, serviceName, headers, ratio };
  };

  const secret = text('PACT_SECRET');
  if (secret !== undefined && secret.length < 32) complain('PACT_SECRET', 'must have at least 32 characters');

  const timeZone = text('PACT_TIME_ZONE') ?? 'Asia/Shanghai';
  if (!isTimeZone(timeZone)) complain('PACT_TIME_ZONE', 'must be a zone by name, such as Asia/Shanghai');

  const services = text('PACT_SERVICES')
    ?.split(',')
    .map((name) => name.trim()) ?? [...SERVICE_NAMES];
  if (!services.every((name) => SERVICE_NAMES.includes(name as ServiceName))) {
    complain('PACT_SERVICES', `must be a list of ${SERVICE_NAMES.join(', ')}`);
  }

  if (services.includes('api') && text('PACT_HTTP_PORT') === 'off') {
    complain('PACT_HTTP_PORT', 'cannot be off where the api runs');
  }

  const brokerUrl = url('PACT_BRIDGE_BROKER_URL', ['mqtt:', 'mqtts:', 'ws:', 'wss:']);
  const hasOwnBroker = services.includes('broker') && text('PACT_MQTT_PORT') !== 'off';
  if (services.includes('bridge') && !hasOwnBroker && brokerUrl === undefined) {
    complain(
      'PACT_BRIDGE_BROKER_URL',
      'is needed where the bridge runs without a plain MQTT port of its own process',
    );
  }
  const tls = group(['PACT_MQTT_TLS_CERT', 'PACT_MQTT_TLS_KEY']);
  const twilio = group(['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN']);
  const from = text('TWILIO_FROM');
  const messagingServiceSid = text('TWILIO_MESSAGING_SERVICE_SID');
  if (twilio && !from && !messagingServiceSid) {
    complain('TWILIO_FROM', 'or TWILIO_MESSAGING_SERVICE_SID is needed to send through Twilio');
  }
  const voiceFrom = text('TWILIO_VOICE_FROM');
  if (voiceFrom !== undefined && !/^\+\d{6,15}$/.test(voiceFrom)) {
    complain('TWILIO_VOICE_FROM', 'must be a number that can call, with + and the country in front');
  }
  if (!twilio && (from || messagingServiceSid || voiceFrom)) {
    complain(
      'TWILIO_ACCOUNT_SID',
      'is needed as soon as TWILIO_FROM, TWILIO_MESSAGING_SERVICE_SID or TWILIO_VOICE_FROM is set',
    );
  }

  const aliyun = group([
    'ALIYUN_ACCESS_KEY_ID',
    'ALIYUN_ACCESS_KEY_SECRET',
    'ALIYUN_SMS_SIGN',
    'ALIYUN_SMS_TEMPLATES',
    'ALIYUN_PUSH_TOKEN',
  ]);
  const sign = text('ALIYUN_SMS_SIGN');
  if (sign && !/^[^【】]{2,12}$/.test(sign)) {
    complain('ALIYUN_SMS_SIGN', 'must be the registered signature without its brackets, 2 to 12 characters');
  }
  const pushToken = text('ALIYUN_PUSH_TOKEN');
  if (pushToken && !/^[\w-]{32,96}$/.test(pushToken)) {
    complain('ALIYUN_PUSH_TOKEN', 'must have 32 to 96 letters, digits, - or _');
  }

  const days = (key: Key, fallback: number, least: number) => integer(key, fallback, least, MOST_KEPT_DAYS);
  const keep: KeepDays = {
    afterEnd: days('PACT_KEEP_AFTER_END_DAYS', KEEP_DAYS.afterEnd, 1),
    // The reports of the last month, and the rhythm of a home, are read from these.
    events: days('PACT_KEEP_EVENTS_DAYS', KEEP_DAYS.events, 92),
    messages: days('PACT_KEEP_MESSAGES_DAYS', KEEP_DAYS.messages, 31),
    changes: days('PACT_KEEP_CHANGES_DAYS', KEEP_DAYS.changes, 31),
    // Logs of networks are kept for six months (PRC Cybersecurity Law, art. 21).
    audit: days('PACT_KEEP_AUDIT_DAYS', KEEP_DAYS.audit, 183),
    sessions: days('PACT_KEEP_SESSIONS_DAYS', KEEP_DAYS.sessions, 1),
  };

  const config: Config = {
    dataDir: text('PACT_DATA_DIR') ?? './data',
    databaseUrl: url('DATABASE_URL', ['postgres:', 'postgresql:']),
    redisUrl: url('REDIS_URL', ['redis:', 'rediss:']),
    secret,
    services: services as ServiceName[],
    http: {
      host: text('PACT_HTTP_HOST') ?? '127.0.0.1',
      port: optionalPort('PACT_HTTP_PORT', 8080),
      publicUrl: url('PACT_PUBLIC_URL', ['http:', 'https:'])?.replace(/\/+$/, ''),
      trustProxy: oneOf('PACT_TRUST_PROXY', ['yes', 'no'], 'no') === 'yes',
    },
    mqtt: {
      host: text('PACT_MQTT_HOST') ?? '127.0.0.1',
      port: optionalPort('PACT_MQTT_PORT', 1883),
      wsPort: optionalPort('PACT_MQTT_WS_PORT', undefined),
      tls: tls
        ? {
            port: port('PACT_MQTT_TLS_PORT', 8883),
            certFile: text('PACT_MQTT_TLS_CERT') ?? '',
            keyFile: text('PACT_MQTT_TLS_KEY') ?? '',
          }
        : undefined,
      maxConnections: integer('PACT_MQTT_MAX_CONNECTIONS', 20_000, 1, 1_000_000),
      proxyProtocol: oneOf('PACT_MQTT_PROXY_PROTOCOL', ['yes', 'no'], 'no') === 'yes',
    },
    bridge: { brokerUrl },
    twilio: twilio
      ? {
          accountSid: text('TWILIO_ACCOUNT_SID') ?? '',
          authToken: text('TWILIO_AUTH_TOKEN') ?? '',
          previousAuthToken: text('TWILIO_AUTH_TOKEN_PREVIOUS'),
          from,
          messagingServiceSid,
          voiceFrom,
          perSecond: integer('TWILIO_PER_SECOND', 10, 1, 1_000),
          callsPerSecond: integer('TWILIO_CALLS_PER_SECOND', 1, 1, 1_000),
          apiUrl: url('TWILIO_API_URL', ['http:', 'https:'])?.replace(/\/+$/, ''),
        }
      : undefined,
    aliyun: aliyun
      ? {
          accessKeyId: text('ALIYUN_ACCESS_KEY_ID') ?? '',
          accessKeySecret: text('ALIYUN_ACCESS_KEY_SECRET') ?? '',
          sign: sign ?? '',
          templates: readTemplates(text('ALIYUN_SMS_TEMPLATES') ?? '', (what) =>
            complain('ALIYUN_SMS_TEMPLATES', what),
          ),
          pushToken: pushToken ?? '',
          apiUrl: url('ALIYUN_API_URL', ['http:', 'https:'])?.replace(/\/+$/, ''),
        }
      : undefined,
    heartbeatUrl: heartbeatUrl(),
    tracing: tracing(),
    keep,
    backup: { dir: text('PACT_BACKUP_DIR'), keep: integer('PACT_BACKUP_KEEP', 14, 1, 1_000) },
    logLevel: oneOf('PACT_LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'info'),
    language: oneOf('PACT_LANGUAGE', ['zh-CN', 'en'], 'zh-CN'),
    timeZone,
  };
  if (problems.length > 0) {
    throw new PactError('CONFIG_INVALID', `The settings cannot be used:\n- ${problems.join('\n- ')}`, {
      hint: 'Mend these keys in the environment or in .env; .env.example says what each means.',
      details: problems,
    });
  }
  return config;
}

const MOST_KEPT_DAYS = 36_500;

/** `page_primary=SMS_1,…`: the code of every template, by our names. */
function readTemplates(
  list: string,
  complain: (what: string) => void,
): Readonly<Record<SmsTemplateName, string>> {
  const pairs = list
    .split(/[,;\s]+/)
    .filter(Boolean)
    .map((pair) => /^([^=]*)=?(.*)$/.exec(pair)?.slice(1) as [string, string]);
  const codes = new Map(pairs);
  for (const [name, code] of codes) {
    if (!SMS_TEMPLATE_NAMES.some((known) => known === name)) complain('names a template that is not ours');
    else if (!/^SMS_\w+$/.test(code)) complain(`${name} needs a code such as SMS_123456789`);
  }
  const missing = SMS_TEMPLATE_NAMES.filter((name) => !codes.has(name));
  if (missing.length > 0) complain(`has no code for ${missing.join(', ')}`);
  return Object.fromEntries(codes) as Record<SmsTemplateName, string>;
}

/** `name=value,…`, with values as in an address (W3C Baggage). */
function readHeaders(list: string, complain: (what: string) => void): Readonly<Record<string, string>> {
  const pairs = list.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.flatMap((pair) => {
      const [, name, value] = /^\s*([\w-]+)\s*=\s*([^%]*|(?:[^%]|%[0-9a-f]{2})*?)\s*$/i.exec(pair) ?? [];
      if (name !== undefined && value !== undefined) return [[name, decodeURIComponent(value)]];
      complain('must be a list of name=value');
      return [];
    }),
  );
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
