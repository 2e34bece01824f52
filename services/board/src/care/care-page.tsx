import { CARE_TEXT } from '#pact/text/board-care.ts';
import { useTextOf } from '../app/language.ts';
import { PageFrame } from '../app/page-frame.tsx';
import type { PageProps } from '../app/page-name.ts';
import { CareDay } from './care-day.tsx';
import { PlanList } from './plan-list.tsx';
import '../style/register.css';
import '../style/care.css';

/** Who is visited and called today, by whom, and by what plan. */
export default function CarePage(props: PageProps) {
  const words = useTextOf(CARE_TEXT);
  const { community, rest } = props;
  const tab = rest[0] === 'plans' ? 'plans' : 'day';
  return (
    <PageFrame page="care" title={words.title} shared={props}>
      <nav className="tabs" aria-label={words.title}>
        {(['day', 'plans'] as const).map((name) => (
          <a
            key={name}
            href={name === 'day' ? '#care' : '#care/plans'}
            aria-current={name === tab ? 'page' : undefined}
          >
            {words.tabs[name]}
          </a>
        ))}
      </nav>
      {tab === 'plans' ? <PlanList communityId={community.id} /> : <CareDay community={community} />}
    </PageFrame>
  );
}
