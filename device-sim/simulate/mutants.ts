/**
 * Deliberate faults in what the promises stand on, each of which the mornings must find: the ground is changed in the
 * database, so that no code of ours knows of it.
 */
export const MUTANTS = {
  page_key_dropped: {
    what: 'the unique key of pages is dropped',
    sql: 'drop index message_page',
  },
  event_key_dropped: {
    what: 'the unique keys of events are dropped',
    sql: 'drop index event_seq; drop index event_at; drop index event_refused',
  },
  retained_counts: {
    what: 'a retained opening counts as proof',
    sql: `create function count_retained() returns trigger language plpgsql as $$ begin
        if new.retained and new.type = 'opened' then new.opening = true; new.judged = false; end if;
        return new; end $$;
      create trigger count_retained before insert on event for each row execute function count_retained()`,
  },
  catch_up_left_out: {
    what: 'what fell due while we were down is judged at once',
    sql: `create function forget_gap() returns trigger language plpgsql as $$ begin
        new.gap_from = null; new.resumed_at = null; return new; end $$;
      create trigger forget_gap before update on watermark for each row execute function forget_gap()`,
  },
  acknowledgement_never_expires: {
    what: 'an acknowledgement never expires',
    sql: `create function never_expire() returns trigger language plpgsql as $$ begin
        if new.status = 'acknowledged' then new.next_step_at = '2100-01-01'; end if; return new; end $$;
      create trigger never_expire before update on alert for each row execute function never_expire()`,
  },
  yesterday_counts: {
    what: 'an opening before the earliest time counts as proof',
    sql: `create function begin_early() returns trigger language plpgsql as $$ begin
        new.earliest_at = new.earliest_at - interval '3 hours'; return new; end $$;
      create trigger begin_early before insert on pact_day for each row execute function begin_early()`,
  },
  fate_forgotten: {
    what: 'a message without a recorded fate is sent again without asking',
    sql: `create function forget_fate() returns trigger language plpgsql as $$ begin
        if new.failure = 'unknown' then new.state = 'planned'; new.envelope_id = null; new.envelope = null; end if;
        return new; end $$;
      create trigger forget_fate before update on message for each row execute function forget_fate()`,
  },
  stand_down_left_out: {
    what: 'nobody hears that nobody needs to go',
    sql: `create function no_stand_down() returns trigger language plpgsql as $$ begin
        if new.kind = 'stand_down' then return null; end if; return new; end $$;
      create trigger no_stand_down before insert on message for each row execute function no_stand_down()`,
  },
  leave_forgotten: {
    what: 'a leave excuses nobody',
    sql: `create function no_excuse() returns trigger language plpgsql as $$ begin
        if new.reason = 'on_leave' then new.verdict = 'awaiting'; new.reason = null; new.closed_as = null; end if;
        return new; end $$;
      create trigger no_excuse before insert or update on pact_day for each row execute function no_excuse()`,
  },
} as const;
export type MutantName = keyof typeof MUTANTS;
