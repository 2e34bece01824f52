import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import pg from 'pg';
import type { ErrorBody } from '#contracts/http/error.ts';
import { PactError } from '#platform/errors.ts';
import type { ApiApp } from './context.ts';
import { problemsOf } from './validation-problems.ts';

/** Gives every error the one shape, and logs those that are our own fault under the id that the answer carries. */
export function answerErrors(app: ApiApp): void {
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply));
}

export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const fault = faultOf(error);
  if (fault.status >= 500) request.log.error({ event: 'api.request-failed', ...logFieldsOf(error) });
  const retryAfter = (fault.details as { retryAfterSeconds?: number } | undefined)?.retryAfterSeconds;
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  return reply
    .status(fault.status)
    .type('application/json; charset=utf-8')
    .send(errorBodyOf(fault, request.id));
}

export function errorBodyOf(fault: PactError, requestId: string): ErrorBody {
  return {
    error: {
      code: fault.code,
      message: fault.message,
      ...(fault.hint === undefined ? {} : { hint: fault.hint }),
      ...(fault.details === undefined ? {} : { details: fault.details }),
      requestId,
    },
  };
}

/** What anything thrown means to the caller. Texts of others may quote what was sent, so none is passed on. */
function faultOf(error: unknown): PactError {
  if (error instanceof PactError) return error;
  const { validation, validationContext, statusCode } = error as Partial<FastifyError>;
  if (validation) {
    return new PactError('BAD_REQUEST', 'The request is not as it should be.', {
      hint: 'Mend what details.problems names; /api/openapi.json says what is allowed.',
      details: { problems: problemsOf(validation, validationContext ?? 'body') },
    });
  }
  if (statusCode === 413) {
    return new PactError('BODY_TOO_LARGE', 'The request is too large.', { hint: 'Send less at once.' });
  }
  // The router's word for an id that is too long to be one.
  if (statusCode === 414) {
    return new PactError('NOT_FOUND', 'There is nothing at this address.', {
      hint: '/api/openapi.json lists what there is.',
    });
  }
  if (statusCode === 415) {
    return new PactError('MEDIA_TYPE_UNSUPPORTED', 'The body is of a kind that is not read here.', {
      hint: 'Send JSON, with Content-Type: application/json.',
    });
  }
  if (isUnstorable(error) || (statusCode !== undefined && statusCode >= 400 && statusCode < 500)) {
    return new PactError('BAD_REQUEST', 'The request cannot be read.', {
      hint: 'Check that the address is well formed, and the body JSON in UTF-8.',
    });
  }
  if (isDatabaseAway(error)) {
    return new PactError('DATABASE_UNREACHABLE', 'The database does not answer.', {
      hint: 'Try again in a moment; /readyz says which part is away.',
    });
  }
  return new PactError('INTERNAL', 'Something went wrong on our side.', {
    hint: 'Try again; if it lasts, give the operator the requestId.',
  });
}

/** SQLSTATE class 22: a value that no column can hold, such as a text with a NUL. */
const isUnstorable = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.code?.startsWith('22') ?? false);

/** SQLSTATE classes 08 and 57P, what the socket says, and what the driver says of a connection that ended. */
function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (error instanceof pg.DatabaseError)
    return code.startsWith('08') || code.startsWith('57P') || code === '53300';
  if (['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT'].includes(code)) return true;
  return /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|timeout expired)/i.test(
    error.message,
  );
}

/** PostgreSQL quotes the values at fault, which may be a person's: of its errors only the place is logged. */
function logFieldsOf(error: unknown): object {
  if (error instanceof pg.DatabaseError) {
    const { code, table, column, constraint, routine } = error;
    return { sqlState: code, table, column, constraint, routine };
  }
  return error instanceof Error ? { why: error.message, stack: error.stack } : { why: typeof error };
}
