import { SERVICE_NAME } from '#contracts/http/service-name.ts';
import type { DoctorText } from '#pact/text/doctor.ts';
import type { Config } from '#platform/config.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** The service itself gives its parts two seconds. */
const PATIENCE_MS = 4_000;

const NEAR = 0.8;

/** What the running service says of itself, and what its counters tell; nothing where none of ours answers at the port. */
export async function examineRunning({ http, mqtt, services }: Config, text: DoctorText): Promise<Finding[]> {
  if (!services.includes('api') || !http.port) return [];
  const name = http.host === '0.0.0.0' ? '127.0.0.1' : http.host === '::' ? '::1' : http.host;
  const base = `http://${name.includes(':') ? `[${name}]` : name}:${http.port}`;
  const ready = await ask(`${base}/readyz`);
  if (ready === 'silent') return [fail('serviceFrozen', text.serviceFrozen({ port: http.port }))];
  if (ready === 'away') return [];
  const metrics = await ask(`${base}/metrics`);
  return [
    ...judgeParts(ready, text),
    ...(typeof metrics === 'string' ? judgeCounters(metrics, mqtt.maxConnections, text) : []),
  ];
}

type Answer = string | 'away' | 'silent';

async function ask(url: string): Promise<Answer> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: 'error' });
    return await answer.text();
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? 'silent' : 'away';
  }
}

function judgeParts(said: string, text: DoctorText): Finding[] {
  const parts = partsOf(said);
  if (!parts) return [];
  const ill = Object.entries(parts).filter(([, { ok: isWell }]) => !isWell);
  return ill.length === 0
    ? [ok('ready', text.ready())]
    : ill.map(([part, { why }]) => fail('notReady', text.notReady({ part, why: why ?? '-' })));
}

type Parts = Record<string, { ok: boolean; why?: string }>;

/** Whatever else listens there speaks otherwise; `examine-ports` says so. */
function partsOf(said: string): Parts | undefined {
  if (!said.startsWith('{')) return undefined;
  const { parts, service }: { parts?: Parts; service?: string } = JSON.parse(said);
  return service === undefined || service === SERVICE_NAME ? parts : undefined;
}

function judgeCounters(metrics: string, most: number, text: DoctorText): Finding[] {
  const readCounter = (series: string): number => {
    const line = metrics.split('\n').find((each) => each.startsWith(`${series} `));
    return Number(line?.slice(series.length + 1) ?? 0);
  };
  const refusedFor = (reason: string) => readCounter(`pact_broker_refused_total{reason="${reason}"}`);
  const open = readCounter('pact_broker_connections');
  const [flood, full] = [refusedFor('flood'), refusedFor('too_many_connections')];
  return [
    ...(flood > 0 ? [warn('flood', text.flood({ count: flood }))] : []),
    ...(open > most * NEAR ? [warn('doorFull', text.doorFull({ open, most }))] : []),
    ...(full > 0 ? [warn('doorRefused', text.doorRefused({ count: full }))] : []),
  ];
}
