import type { FastifySchemaValidationError } from 'fastify/types/schema.js';

export type Problem = { path: string; message: string };

const MOST_PROBLEMS = 50;

/** What is wrong with a request, by path: `body/password`, `querystring/date`. Never the value itself. */
export function problemsOf(errors: readonly FastifySchemaValidationError[], where: string): Problem[] {
  const problems = new Map<string, Problem>();
  for (const error of errors) {
    for (const problem of problemOf(error, where))
      problems.set(`${problem.path} ${problem.message}`, problem);
  }
  return [...problems.values()].slice(0, MOST_PROBLEMS);
}

function problemOf(
  { keyword, instancePath, params, message }: FastifySchemaValidationError,
  where: string,
): Problem[] {
  const path = `${where}${instancePath}`;
  const names = (key: string): string[] => (Array.isArray(params[key]) ? (params[key] as string[]) : []);
  switch (keyword) {
    // Says the same as `additionalProperties`, in the words of a machine.
    case 'boolean':
      return [];
    case 'required':
      return names('requiredProperties').map((name) => ({ path: `${path}/${name}`, message: 'is needed' }));
    case 'additionalProperties':
      return names('additionalProperties').map((name) => ({
        path: `${path}/${name}`,
        message: 'is not known here',
      }));
    case 'enum':
      return [{ path, message: `must be one of ${names('allowedValues').join(', ')}` }];
    default:
      return [{ path, message: message ?? 'is not allowed' }];
  }
}
