import type { ApiApp } from '../context.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Every route that is registered, as the router itself tells them. */
export function routesOf(app: ApiApp): { method: Method; url: string }[] {
  const routes: { method: Method; url: string }[] = [];
  const tree = app.printRoutes({ commonPrefix: false, includeHooks: false });
  const parents: string[] = [];
  for (const line of tree.split('\n')) {
    const match =
      /^((?:│ {3}| {4})*)[├└]── (\S*) \(([^)]+)\)/.exec(line) ?? /^((?:│ {3}| {4})*)[├└]── (\S*)$/.exec(line);
    if (!match) continue;
    const depth = match[1]!.length / 4;
    parents.length = depth;
    parents[depth] = match[2]!;
    for (const method of match[3]?.split(', ') ?? []) {
      if (method !== 'HEAD' && method !== 'OPTIONS')
        routes.push({ method: method as Method, url: parents.join('') });
    }
  }
  return routes;
}
