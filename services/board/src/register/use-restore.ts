import { useQueryClient } from '@tanstack/react-query';
import type { RestoredView } from '#contracts/http/register/removed.ts';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { post } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { sayDone, type Undo } from '../app/toast.tsx';
import { useAction } from '../app/use-action.ts';

type Kind = 'households' | 'residents' | 'stewards';

/** Puts back what was taken out of the register; `undoOf` is the way back right after it was. */
export function useRestore() {
  const common = useText();
  const words = useTextOf(REGISTER_TEXT).removals;
  const queries = useQueryClient();
  const { run, pending } = useAction();

  async function restore(kind: Kind, id: string): Promise<void> {
    let left = 0;
    await run(async () => {
      left = (await post<RestoredView>(`/${kind}/${id}/restore`, {})).left;
      await queries.invalidateQueries();
    }, words.restored);
    if (left > 0) sayDone(words.left(left));
  }
  const undoOf = (kind: Kind, id: string): Undo => ({
    label: common.undo,
    run: () => void restore(kind, id),
  });
  return { restore, undoOf, pending };
}
