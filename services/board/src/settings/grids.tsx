import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { GridView } from '#contracts/http/register/grid.ts';
import { SETTINGS_TEXT } from '#pact/text/board-settings.ts';
import { get, patch, post, remove } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { useAction } from '../app/use-action.ts';
import { EditSheet } from '../register/edit-sheet.tsx';
import { Section } from '../register/section.tsx';
import { Listed } from './listed.tsx';

/** The grids: added, renamed, and removed once no home is in them. */
export function Grids({ communityId }: { communityId: string }) {
  const common = useText();
  const words = useTextOf(SETTINGS_TEXT).grids;
  const queries = useQueryClient();
  const { run, pending } = useAction();
  const [open, setOpen] = useState<GridView | 'new'>();
  const query = useQuery({
    queryKey: ['grids', communityId],
    queryFn: async () => (await get<{ items: GridView[] }>(`/grids?community=${communityId}`)).items,
  });
  const again = () => queries.invalidateQueries({ queryKey: ['grids', communityId] });
  const add = async (name: string) => {
    await post('/grids', { communityId, name });
    await again();
  };

  async function takeOut({ id, name }: GridView) {
    const send = async () => {
      await remove(`/grids/${id}`);
      await again();
    };
    await run(send, words.removed(name), {
      label: common.undo,
      run: () => void run(() => add(name), words.added),
    });
  }

  return (
    <Section title={words.title}>
      <Listed query={query} none={words.none}>
        {(grids) => (
          <ul className="lines">
            {grids.map((grid) => (
              <li key={grid.id} className="setting">
                <b>{grid.name}</b>
                <small>{words.homes(grid.homes, grid.removedHomes)}</small>
                <span className="actions">
                  <button
                    type="button"
                    className="link"
                    aria-label={`${words.rename}: ${grid.name}`}
                    onClick={() => setOpen(grid)}
                  >
                    {words.rename}
                  </button>
                  {grid.homes + grid.removedHomes === 0 ? (
                    <button
                      type="button"
                      className="link"
                      disabled={pending}
                      aria-label={`${words.remove}: ${grid.name}`}
                      onClick={() => void takeOut(grid)}
                    >
                      {words.remove}
                    </button>
                  ) : null}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Listed>
      <button type="button" className="button" onClick={() => setOpen('new')}>
        {words.add}
      </button>
      {open ? (
        <EditSheet
          title={open === 'new' ? words.add : open.name}
          draftKey={open === 'new' ? `grid.new.${communityId}` : `grid.${open.id}`}
          fields={[{ kind: 'text', name: 'name', label: words.name, required: true, most: 20 }]}
          values={open === 'new' ? {} : { name: open.name }}
          onSave={async (changes) => {
            if (open === 'new') await add(String(changes.name));
            else {
              await patch(`/grids/${open.id}`, changes);
              await again();
            }
          }}
          onClose={() => setOpen(undefined)}
        />
      ) : null}
    </Section>
  );
}
