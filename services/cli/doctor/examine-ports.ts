import { connect } from 'node:net';
import { SERVICE_NAME } from '#contracts/http/service-name.ts';
import type { DoctorText } from '#pact/text/doctor.ts';
import type { Config } from '#platform/config.ts';
import { type Finding, fail, ok } from './finding.ts';

const PATIENCE_MS = 2_000;

/** Whether something answers where sensors, people and programs would look for us. Port 0 is nobody's. */
export async function examinePorts({ http, mqtt, services }: Config, text: DoctorText): Promise<Finding[]> {
  const wanted = [
    { what: 'HTTP', host: http.host, port: http.port },
    ...(services.includes('broker')
      ? [
          { what: 'MQTT', host: mqtt.host, port: mqtt.port },
          { what: 'MQTT TLS', host: mqtt.host, port: mqtt.tls?.port },
          { what: 'MQTT WebSocket', host: mqtt.host, port: mqtt.wsPort },
        ]
      : []),
  ];
  const findings = wanted.map(async ({ what, host, port }): Promise<Finding[]> => {
    if (!port) return [];
    const said = { what, port };
    if (!(await answers(host, port))) return [fail('portSilent', text.portSilent(said))];
    const isOurs = what !== 'HTTP' || (await isService(host, port));
    return [isOurs ? ok('portAnswers', text.portAnswers(said)) : fail('portTaken', text.portTaken(said))];
  });
  return (await Promise.all(findings)).flat();
}

/** A listener on all addresses is asked on this machine's own. */
const ownHost = (host: string) => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);

/** Whether it is our own service that answers there, and not whatever else has taken the port. */
async function isService(host: string, port: number): Promise<boolean> {
  const name = ownHost(host);
  const url = `http://${name.includes(':') ? `[${name}]` : name}:${port}/healthz`;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: 'error' });
    const said: unknown = await answer.json();
    return typeof said === 'object' && said !== null && 'service' in said && said.service === SERVICE_NAME;
  } catch {
    // Whatever does not speak our HTTP is not us.
    return false;
  }
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: ownHost(host), port, timeout: PATIENCE_MS });
    const settle = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}
