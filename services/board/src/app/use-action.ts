import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ApiProblem } from './api.ts';
import { useText } from './language.ts';
import { sayDone, sayProblem, type Undo } from './toast.tsx';

/**
 * What goes wrong is said in a toast, or handed back as `problem` for a dialog to show (`inline`). Runs one request at a time: a second press while the first is under way does nothing, so a double click
 * sends once. Nothing is shown as done before the service has said so.
 */
export function useAction(told: 'toast' | 'inline' = 'toast') {
  const words = useText();
  const queries = useQueryClient();
  const busy = useRef(false);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<unknown>();

  async function run(send: () => Promise<unknown>, done: string, undo?: Undo): Promise<boolean> {
    if (busy.current) return false;
    busy.current = true;
    setPending(true);
    setProblem(undefined);
    try {
      await send();
      sayDone(done, undo);
      return true;
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) {
        await queries.invalidateQueries({ queryKey: ['session'] });
      }
      if (told === 'inline') setProblem(error);
      else sayProblem(error, words);
      return false;
    } finally {
      busy.current = false;
      setPending(false);
      // The stream brings the change; this is for when it is away.
      void queries.invalidateQueries({ queryKey: ['today'] });
    }
  }
  return { run, pending, problem };
}
