import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { CommunityView, SessionView } from '#contracts/http/account.ts';
import { Problem, Skeleton } from '../today/states.tsx';
import { NoCommunity, Today } from '../today/today.tsx';
import { ApiProblem, get, remove } from './api.ts';
import { useText } from './language.ts';
import { usePage } from './page-name.ts';
import { PAGES } from './pages.ts';
import { pagesOf, SessionContext } from './session.tsx';
import { sayProblem, Toasts } from './toast.tsx';

const SignIn = lazy(() => import('../entry/sign-in.tsx'));
const AccountsSheet = lazy(() => import('../accounts/accounts-sheet.tsx'));
const SetUp = lazy(() => import('../entry/set-up.tsx'));

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 3 && !(error instanceof ApiProblem && isFinal(error)),
      // The service may be on this very machine: being "offline" is no reason not to ask it.
      networkMode: 'always',
      staleTime: 30_000,
    },
    mutations: { networkMode: 'always' },
  },
});

const isFinal = (error: ApiProblem) => error.status >= 400 && error.status < 500;

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <Suspense fallback={<Skeleton />}>
        <Door />
      </Suspense>
      <Toasts />
    </QueryClientProvider>
  );
}

/** Which page it is: set-up by its link, sign-in without a session, else the morning. */
function Door() {
  const client = useQueryClient();
  const [settingUp, setSettingUp] = useState(() => location.pathname === '/setup');
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined);
  const session = useQuery({ queryKey: ['session'], queryFn: findSession });
  const setup = useQuery({
    queryKey: ['setup'],
    queryFn: () => get<{ needed: boolean }>('/setup'),
    enabled: settingUp || session.data === null,
  });
  const enter = () => {
    history.replaceState(null, '', '/');
    setSettingUp(false);
    void client.resetQueries();
  };

  if (settingUp) {
    if (setup.isPending) return <Skeleton />;
    return <SetUp token={token} invited={setup.data?.needed === false} onDone={enter} />;
  }
  if (session.isError && session.data === undefined) {
    return <Problem problem={session.error} onRetry={() => void session.refetch()} />;
  }
  if (session.data === undefined) return <Skeleton />;
  if (session.data === null) return <SignIn firstTime={setup.data?.needed ?? true} onDone={enter} />;
  return (
    <SessionContext value={session.data}>
      <Communities session={session.data} />
    </SessionContext>
  );
}

function Communities({ session }: { session: SessionView }) {
  const words = useText();
  const client = useQueryClient();
  const { page: asked, rest } = usePage();
  const [managing, setManaging] = useState(false);
  const [chosen, setChosen] = useState(() => localStorage.getItem('pact.community') ?? undefined);
  const communities = useQuery({
    queryKey: ['communities'],
    queryFn: async () => (await get<{ items: CommunityView[] }>('/communities')).items,
  });

  async function signOut(path: '/session' | '/sessions') {
    try {
      await remove(path);
    } catch (error) {
      sayProblem(error, words);
    }
    await client.resetQueries();
  }
  function choose(id: string) {
    localStorage.setItem('pact.community', id);
    setChosen(id);
  }

  if (communities.isError && !communities.data) {
    return <Problem problem={communities.error} onRetry={() => void communities.refetch()} />;
  }
  if (!communities.data) return <Skeleton />;
  const community = communities.data.find(({ id }) => id === chosen) ?? communities.data[0];
  const shared = {
    communities: communities.data,
    onCommunity: choose,
    onAccounts: session.role === 'admin' ? () => setManaging(true) : undefined,
    onSignOut: () => void signOut('/session'),
    onSignOutEverywhere: () => void signOut('/sessions'),
  };
  const pages = pagesOf(session.role);
  const page = pages.includes(asked) ? asked : (pages[0] ?? 'today');
  const Page = page === 'today' ? undefined : PAGES[page];
  return (
    <>
      {community && Page ? (
        <Page key={community.id} community={community} rest={rest} {...shared} />
      ) : community ? (
        <Today key={community.id} community={community} {...shared} />
      ) : (
        <NoCommunity {...shared} />
      )}
      {managing ? (
        <Suspense fallback={null}>
          <AccountsSheet
            session={session}
            communities={communities.data}
            timeZone={community?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone}
            onClose={() => setManaging(false)}
          />
        </Suspense>
      ) : null}
    </>
  );
}

/** The session, or null where there is none; only a real fault is an error. */
async function findSession(): Promise<SessionView | null> {
  try {
    return await get<SessionView>('/session');
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) return null;
    throw error;
  }
}
