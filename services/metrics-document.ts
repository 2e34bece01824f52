import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { BRIDGE_METRICS } from '#bridge/metrics.ts';
import type { Definition } from '#platform/metrics.ts';
import { PROCESS_METRICS } from '#platform/process-metrics.ts';
import { STORE_METRICS } from '#store/metrics.ts';
import { API_METRICS } from './api/metrics.ts';
import { BROKER_METRICS } from './broker/metrics.ts';
import { ESCALATION_METRICS } from './escalation/metrics.ts';
import { MESSAGING_METRICS } from './messaging/metrics.ts';
import { RULES_METRICS } from './rules/metrics.ts';

export const METRICS_DOCUMENT = 'docs/metrics.md';

type Defined = Readonly<Record<string, Definition>>;

/** Every metric of ours by the file that defines it. */
export const METRICS: Readonly<Record<string, Defined>> = {
  'services/store/metrics.ts': STORE_METRICS,
  'services/rules/metrics.ts': RULES_METRICS,
  'services/escalation/metrics.ts': ESCALATION_METRICS,
  'services/messaging/metrics.ts': MESSAGING_METRICS,
  'services/broker/metrics.ts': BROKER_METRICS,
  'firmware-bridge/metrics.ts': BRIDGE_METRICS,
  'services/api/metrics.ts': API_METRICS,
  'services/platform/process-metrics.ts': PROCESS_METRICS,
};

/** docs/metrics.md as the code says; `npm run check` fails when the file is another. */
export function metricsDocument(): string {
  return [HEAD, ...Object.entries(METRICS).map(([file, defined]) => section(file, defined)), FOOT].join('\n');
}

function section(file: string, defined: Defined): string {
  const rows = Object.values(defined).map(
    ({ name, type, labels, help }) => `| \`${name}\` | ${type} | ${labelsOf(labels)} | ${help} |`,
  );
  return `## ${TITLES[file]}\n\nMeasured in \`${file}\`.\n\n| name | type | labels | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

const labelsOf = (labels: Definition['labels']): string =>
  Object.entries(labels)
    .map(([label, values]) =>
      typeof values === 'string'
        ? `\`${label}\`: ${values}`
        : `\`${label}\`: ${values.map((value) => `\`${value}\``).join(' ')}`,
    )
    .join('; ');

const TITLES: Readonly<Record<string, string>> = {
  'services/store/metrics.ts': 'The database, and what it says of everybody',
  'services/rules/metrics.ts': 'Rules',
  'services/escalation/metrics.ts': 'Escalation',
  'services/messaging/metrics.ts': 'Messages',
  'services/broker/metrics.ts': 'Intake',
  'firmware-bridge/metrics.ts': 'The bridge',
  'services/api/metrics.ts': 'HTTP and the live stream',
  'services/platform/process-metrics.ts': 'The process',
};

const HEAD = `# Metrics

Made from the code by \`node services/metrics-document.ts\`; do not change it by hand.

Every process serves its own at \`/metrics\`, in Prometheus' text format: without a word for whoever asks from the machine
itself, else with a token (\`npm run -s pact -- token\`, sent as \`Authorization: Bearer\`). None names a home or a person. A
label has the values that stand here and no others; what is not among them would count as \`other\`.

- Counters, histograms and most gauges speak of one process: add them up over the processes (\`sum\`).
- \`pact_community_…\` speaks of all communities together, out of the database, and is the same in every process: take one
  (\`max\`). They are asked for by one statement, at most every five seconds. While the database is away they are not there at
  all, and \`pact_database_up\` is 0.
- Seconds are wall seconds, also where a demo's clock runs faster.
- The log-in of people is in \`pact_http_requests_total\`: \`route="/api/v1/session", method="POST"\`, where \`status="401"\` is a
  wrong password and \`429\` an address or account that has to wait.

[grafana/dashboard.json](grafana/dashboard.json) draws them, [grafana/alerts.yaml](grafana/alerts.yaml) watches them.
`;

const FOOT = `## Node and the system

\`process_…\` and \`nodejs_…\` are those of prom-client: CPU, memory, file descriptors, event loop lag, garbage collection,
start time.
`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const isAsked = process.argv.includes('--check');
  if (!isAsked) writeFileSync(METRICS_DOCUMENT, metricsDocument());
  else if (readFileSync(METRICS_DOCUMENT, 'utf8') !== metricsDocument()) {
    console.error(`${METRICS_DOCUMENT} is not what the code says: node services/metrics-document.ts`);
    process.exitCode = 1;
  }
}
