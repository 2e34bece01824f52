import type { ReactNode } from 'react';
import type {
  CanaryView,
  LostSourceView,
  OutageView,
  ProviderView,
  TodayView,
} from '#contracts/http/today.ts';
import { manualRoundSteps } from '#pact/text/manual-round.ts';
import { WARNINGS_TEXT } from '#pact/text/warnings.ts';
import { useLanguage } from '../app/language.ts';
import { timeOnDay } from './local-time.ts';
import { unseenCodes } from './unseen.ts';

/** What is wrong beyond single homes, the gravest on top; nothing where nothing is. */
export function Warnings({ today }: { today: TodayView }) {
  const words = WARNINGS_TEXT[useLanguage()];
  const { canary, outages, lostSources, providers } = today;
  const lookIns = today.homes.flatMap(({ lookIn, code }) => (lookIn ? [code] : []));
  const back = today.homes.flatMap(({ openedAway, code }) => (openedAway ? [code] : []));
  const shown = [
    ...(canary && tellsOf(canary) ? [<Canary key="canary" canary={canary} today={today} />] : []),
    ...providers.map((provider) => <Provider key={provider.name} provider={provider} today={today} />),
    ...lostSources.map((source) => <LostSource key={source.id} source={source} today={today} />),
    ...outages.map((outage) => <Outage key={outage.id} outage={outage} today={today} />),
    ...(lookIns.length > 0 ? [<LookIns key="look-in" codes={lookIns} />] : []),
    ...(back.length > 0 ? [<OpenedAway key="back" codes={back} />] : []),
  ];
  return (
    <section className="warnings" aria-label={words.label} aria-live="polite" hidden={shown.length === 0}>
      {shown}
    </section>
  );
}

/** A canary that waits, or that has proven what it should, is no news. */
const tellsOf = ({ state, failedAt }: CanaryView): boolean =>
  state === 'failed' || state === 'unknown' || failedAt !== null;

function Canary({ canary, today }: { canary: CanaryView; today: TodayView }) {
  const language = useLanguage();
  const words = WARNINGS_TEXT[language];
  const at = timeOnDay(canary.at, today.timeZone, today.date);
  if (canary.state === 'failed') {
    const unseen = unseenCodes(today);
    return (
      <Warning tone="red" title={words.canaryFailed(at)} lead={words.canaryFailedLead}>
        <ol aria-label={words.round}>
          {manualRoundSteps(language).map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <p className="codes">{unseen.length > 0 ? words.unseen(unseen) : words.nobodyUnseen}</p>
      </Warning>
    );
  }
  if (canary.state === 'unknown') {
    return <Warning tone="amber" title={words.canaryUnknown(at)} lead={words.canaryUnknownLead} />;
  }
  const missed = timeOnDay(canary.failedAt ?? canary.at, today.timeZone, today.date);
  return <Warning tone="amber" title={words.canaryLate(missed, at)} lead={words.canaryLateLead} />;
}

function Provider({ provider, today }: { provider: ProviderView; today: TodayView }) {
  const words = WARNINGS_TEXT[useLanguage()];
  const since = timeOnDay(provider.failingSince, today.timeZone, today.date);
  return (
    <Warning
      tone="red"
      title={words.provider(provider.channel, since)}
      lead={words.waiting(provider.waiting)}
    />
  );
}

function Outage({ outage, today }: { outage: OutageView; today: TodayView }) {
  const words = WARNINGS_TEXT[useLanguage()];
  const { cause, subject, codes, beganAt } = outage;
  const since = timeOnDay(beganAt, today.timeZone, today.date);
  return (
    <Warning tone="amber" title={words.outage(cause, subject, codes.length, since)} lead={words.outageLead}>
      <p className="codes">{words.homes(codes)}</p>
    </Warning>
  );
}

function LostSource({ source, today }: { source: LostSourceView; today: TodayView }) {
  const words = WARNINGS_TEXT[useLanguage()];
  const since = timeOnDay(source.since, today.timeZone, today.date);
  return (
    <Warning
      tone="amber"
      title={words.lostSource(source.name, source.homes, since)}
      lead={words.lostSourceLead}
    >
      <p className="codes">
        <a className="link" href="#sources">
          {words.toSources}
        </a>
      </p>
    </Warning>
  );
}

function LookIns({ codes }: { codes: readonly string[] }) {
  const words = WARNINGS_TEXT[useLanguage()];
  return (
    <Warning tone="amber" title={words.lookIn(codes.length)} lead={words.lookInLead}>
      <p className="codes">{words.homes(codes)}</p>
    </Warning>
  );
}

function OpenedAway({ codes }: { codes: readonly string[] }) {
  const words = WARNINGS_TEXT[useLanguage()];
  return (
    <Warning tone="amber" title={words.openedAway(codes.length)} lead={words.openedAwayLead}>
      <p className="codes">
        {words.homes(codes)} <a href="#leave">{words.toLeave}</a>
      </p>
    </Warning>
  );
}

type WarningProps = { tone: 'red' | 'amber'; title: string; lead: string; children?: ReactNode };

const Warning = ({ tone, title, lead, children }: WarningProps) => (
  <article className="warning" data-tone={tone}>
    <h2>{title}</h2>
    <p>{lead}</p>
    {children}
  </article>
);
