import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { METRICS } from './metrics-document.ts';

type Source = { type: string; uid: string };
type Panel = {
  type: string;
  title: string;
  id: number;
  datasource?: Source;
  targets?: { expr: string; refId: string; datasource: Source }[];
  gridPos: Place;
};
type Dashboard = {
  panels: Panel[];
  id: null;
  uid: string;
  title: string;
  schemaVersion: number;
  __inputs: unknown[];
  __requires: { type: string; id: string }[];
  templating: { list: { name: string; type: string; query: string }[] };
};
type Place = { x: number; y: number; w: number; h: number };
type Rule = { alert: string; expr: string; annotations: Record<string, string> };

const read = (path: string) => readFileSync(new URL(`../docs/${path}`, import.meta.url), 'utf8');
const dashboard = JSON.parse(read('grafana/dashboard.json')) as Dashboard;
const rules = (parse(read('grafana/alerts.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);

const expressions = [
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
];

/** Every series that a scrape may have, by its name. */
async function seriesNames(): Promise<Set<string>> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const ofNode = (await registry.getMetricsAsJSON()).map(({ name }) => name);
  const ours = Object.values(METRICS).flatMap((defined) =>
    Object.values(defined).flatMap(({ name, type }) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
  return new Set([...ofNode, ...ours]);
}

/** The parts of an expression: its metrics with the labels that are asked of each, and whether it can be read. */
function partsOf(expr: string) {
  // Grafana puts a duration there.
  const text = expr.replaceAll('$__rate_interval', '5m');
  const metrics: { name: string; labels: [label: string, value: string][] }[] = [];
  let isBroken = false;
  parser.parse(text).iterate({
    enter(node) {
      if (node.type.isError) isBroken = true;
      const words = text.slice(node.from, node.to);
      if (node.name === 'VectorSelector') {
        const [name = ''] = /^[\w:]+/.exec(words) ?? [];
        const labels = [...words.matchAll(/(\w+)\s*(?:=~|!=|!~|=)\s*"([^"]*)"/g)];
        metrics.push({ name, labels: labels.map(([, label = '', value = '']) => [label, value]) });
      }
    },
  });
  return { isBroken, metrics };
}

/** As GitHub makes them of headings. */
const anchorsOf = (markdown: string) =>
  [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('the dashboard and the alert rules', () => {
  it('reads every expression as PromQL, and would notice one that is none', () => {
    expect(expressions.length).toBeGreaterThan(80);
    expect(expressions.filter(([, expr]) => partsOf(expr).isBroken)).toEqual([]);
    expect(partsOf('sum(rate(pact_messages_total[5m])').isBroken).toBe(true);
  });

  it('asks only for metrics that there are', async () => {
    const known = await seriesNames();
    const unknown = expressions.flatMap(([title, expr]) =>
      partsOf(expr)
        .metrics.filter(({ name }) => !known.has(name))
        .map(({ name }) => `${title}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it('asks only for values that a label may have', () => {
    const definitions = Object.values(METRICS).flatMap((defined) => Object.values(defined));
    const wrong = expressions.flatMap(([title, expr]) =>
      partsOf(expr).metrics.flatMap(({ name, labels }) => {
        const definition = definitions.find((each) => each.name === name.replace(/_(bucket|sum|count)$/, ''));
        return labels.flatMap(([label, value]) => {
          const values = definition?.labels[label];
          if (label === 'le') return [];
          if (!values) return [`${title}: ${name} has no label ${label}`];
          if (typeof values === 'string') return [];
          return value
            .split('|')
            .filter((word) => !values.includes(word))
            .map((word) => `${title}: ${label}=${word}`);
        });
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('has a page in the runbook for every rule', () => {
    const anchors = anchorsOf(read('runbook.md'));
    for (const { alert, annotations } of rules) {
      const [, anchor] = /^docs\/runbook\.md#(.+)$/.exec(annotations.runbook ?? '') ?? [];
      expect(anchors, `${alert} → ${annotations.runbook}`).toContain(anchor);
      expect(annotations.summary).toBeTruthy();
      expect(annotations.description).toBeTruthy();
    }
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it('draws everything that is measured, so that nothing is measured for nobody', () => {
    const drawn = new Set(expressions.flatMap(([, expr]) => partsOf(expr).metrics.map(({ name }) => name)));
    const unseen = Object.values(METRICS)
      .flatMap((defined) => Object.values(defined))
      .filter(({ name }) => !['', '_bucket', '_count'].some((end) => drawn.has(`${name}${end}`)));
    expect(unseen.map(({ name }) => name)).toEqual([]);
  });

  it('has what an import into any Grafana asks for: no id of another one, and its data source by a variable', () => {
    const { id, uid, title, schemaVersion, __inputs, __requires, templating, panels } = dashboard;
    expect({ id, uid, title }).toMatchObject({
      id: null,
      uid: expect.stringMatching(/^[\w-]{1,40}$/),
      title: expect.stringMatching(/./),
    });
    // Since 37 a query says its source as a type and a uid.
    expect(schemaVersion).toBeGreaterThanOrEqual(37);
    const variables = templating.list.filter(({ type }) => type === 'datasource');
    expect(variables).toMatchObject([{ name: 'datasource', query: 'prometheus' }]);
    // Chosen by the variable, so that an import asks for nothing.
    expect(__inputs).toEqual([]);
    const source = { type: 'prometheus', uid: `\${${variables[0]?.name}}` };
    const drawn = panels.filter(({ type }) => type !== 'row');
    for (const { title: name, datasource, targets = [] } of drawn) {
      expect([datasource, ...targets.map((target) => target.datasource)], name).toEqual(
        [0, ...targets].map(() => source),
      );
      expect(new Set(targets.map(({ refId }) => refId)).size, name).toBe(targets.length);
    }
    const required = __requires.filter(({ type }) => type === 'panel').map((each) => each.id);
    expect([...new Set(drawn.map(({ type }) => type))].sort()).toEqual(required.sort());
  });

  it('lays the panels out side by side, each with an id of its own', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const [index, { gridPos: a, title }] of panels.entries()) {
      expect(a.x + a.w, title).toBeLessThanOrEqual(24);
      for (const { gridPos: b, title: other } of panels.slice(index + 1)) {
        const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
        expect(apart, `${title} and ${other}`).toBe(true);
      }
    }
  });
});
