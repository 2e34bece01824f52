import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { useTextOf } from '../app/language.ts';
import { PageFrame } from '../app/page-frame.tsx';
import type { PageProps } from '../app/page-name.ts';
import { HomeFile } from './home-file.tsx';
import { HomeList } from './home-list.tsx';
import { PeopleList } from './people-list.tsx';
import { RemovedList } from './removed-list.tsx';
import '../style/register.css';

/** The register: homes by anything that people remember, one home's whole file, and the people who go. */
export default function RegisterPage(props: PageProps) {
  const words = useTextOf(REGISTER_TEXT);
  const [which] = props.rest;
  const isList = which === undefined || which === 'people' || which === 'removed';
  return (
    <PageFrame page="register" title={words.title} shared={props}>
      {isList ? (
        <nav className="tabs" aria-label={words.title}>
          <a href="#register" aria-current={which === undefined ? 'page' : undefined}>
            {words.tabs.homes}
          </a>
          <a href="#register/people" aria-current={which === 'people' ? 'page' : undefined}>
            {words.tabs.people}
          </a>
          <a href="#register/removed" aria-current={which === 'removed' ? 'page' : undefined}>
            {words.tabs.removed}
          </a>
        </nav>
      ) : null}
      {which === undefined ? (
        <HomeList communityId={props.community.id} />
      ) : which === 'people' ? (
        <PeopleList communityId={props.community.id} />
      ) : which === 'removed' ? (
        <RemovedList community={props.community} />
      ) : (
        <HomeFile key={which} id={which} community={props.community} />
      )}
    </PageFrame>
  );
}
