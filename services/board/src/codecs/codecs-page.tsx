import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { CodecFile, CodecView } from '#contracts/http/register/codec.ts';
import { CODECS_TEXT } from '#pact/text/board-codecs.ts';
import { get } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { PageFrame } from '../app/page-frame.tsx';
import type { PageProps } from '../app/page-name.ts';
import { sayProblem } from '../app/toast.tsx';
import { useDraft } from '../app/use-draft.ts';
import { Section } from '../register/section.tsx';
import { Listed } from '../settings/listed.tsx';
import { CodecBench, type CodecDraft, EMPTY_CODEC } from './codec-bench.tsx';
import { CodecLine } from './codec-line.tsx';
import { draftOf } from './mapping-draft.ts';
import '../style/register.css';
import '../style/settings.css';
import '../style/codecs.css';

/** The operator's own decoders: which there are, and a bench to try one on a frame and say what its fields are. */
export default function CodecsPage(props: PageProps) {
  const common = useText();
  const words = useTextOf(CODECS_TEXT);
  const queries = useQueryClient();
  const { id: communityId, timeZone } = props.community;
  const { draft, change, forget } = useDraft<CodecDraft>(`pact.codec.${communityId}`, EMPTY_CODEC);
  const query = useQuery({
    queryKey: ['codecs', communityId],
    queryFn: async () =>
      (await get<{ items: CodecView[] }>(`/codecs?community=${communityId}&limit=1000`)).items,
  });
  const again = () => queries.invalidateQueries({ queryKey: ['codecs', communityId] });
  async function edit(id: string) {
    try {
      const { name, code, mapping } = await get<CodecFile>(`/codecs/${id}`);
      change({ ...EMPTY_CODEC, name, code, mapping: draftOf(mapping), editing: name });
      document.getElementById('codec-bench')?.scrollIntoView();
    } catch (error) {
      sayProblem(error, common);
    }
  }
  return (
    <PageFrame page="codecs" title={words.title} shared={props}>
      <header className="page-head">
        <div>
          <h2>
            {words.title} <small>{props.community.name}</small>
          </h2>
          <p className="hint">{words.lead}</p>
        </div>
        <a className="link" href="#sources">
          {words.toSources}
        </a>
      </header>
      <Section title={words.kept}>
        <Listed query={query} none={words.none}>
          {(codecs) => (
            <ul className="lines">
              {codecs.map((codec) => (
                <CodecLine
                  key={codec.id}
                  codec={codec}
                  timeZone={timeZone}
                  onEdit={() => void edit(codec.id)}
                  onChange={again}
                />
              ))}
            </ul>
          )}
        </Listed>
      </Section>
      <CodecBench
        communityId={communityId}
        draft={draft}
        onChange={change}
        onAnother={forget}
        onSaved={async () => {
          forget();
          await again();
        }}
      />
    </PageFrame>
  );
}
