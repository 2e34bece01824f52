import { describe, expect, test } from 'vitest';
import { home } from '../testing/home.ts';
import { belongsTo, lookOf } from './look.ts';

const at = (time: string) => Date.parse(`2026-11-24T${time}+08:00`);

describe('a window tells the truth', () => {
  test('an open curtain without a proof of today has no paper-cut', () => {
    expect(lookOf(home({ curtain: 'open' }), at('06:00')).picture).toBe('bare');
    expect(lookOf(home({ state: 'missed', reason: 'left_open', curtain: 'open' }), at('08:05')).picture).toBe(
      'bare',
    );
  });

  test('a silent sensor is drawn as unknown, before the deadline and after', () => {
    expect(lookOf(home({ curtain: 'unknown' }), at('06:00')).picture).toBe('unknown');
    expect(lookOf(home({ state: 'missed', curtain: 'unknown' }), at('08:05')).picture).toBe('unknown');
  });

  test('a home judged silent stays unknown though its sensor wakes up and says open', () => {
    const woken = home({ state: 'missed', reason: 'sensor_silent', curtain: 'open' });
    expect(lookOf(woken, at('08:05')).picture).toBe('unknown');
  });

  test('a curtain still drawn turns amber half an hour before the deadline, not earlier', () => {
    expect(lookOf(home(), at('07:29:59')).tone).toBe('awaiting');
    expect(lookOf(home(), at('07:30:00')).tone).toBe('due');
    expect(lookOf(home({ state: 'kept' }), at('07:50')).tone).toBe('kept');
  });

  test('an elder who is later than she ever is stands out before the deadline, and not once she has opened', () => {
    const late = home({ lateFrom: '2026-11-23T22:30:00Z' });
    expect(lookOf(late, at('06:29:59')).tone).toBe('awaiting');
    expect(lookOf(late, at('06:30:00')).tone).toBe('unusual');
    expect(lookOf(late, at('07:45:00')).tone).toBe('unusual');
    expect(lookOf({ ...late, state: 'kept' }, at('06:40')).tone).toBe('kept');
    expect(belongsTo('awaiting', lookOf(late, at('06:40')))).toBe(true);
  });

  test('the same look is the same object, so that a window that stays as it is need not be drawn again', () => {
    expect(lookOf(home(), at('06:00'))).toBe(lookOf(home(), at('06:10')));
  });

  test('the card of the unknown counts no home that was kept, visited or excused', () => {
    const states = ['kept', 'kept_late', 'visited', 'excused'] as const;
    for (const state of states) {
      expect(belongsTo('unknown', lookOf(home({ state, curtain: 'unknown' }), at('08:05')))).toBe(false);
    }
    expect(belongsTo('unknown', lookOf(home({ state: 'unprotected' }), at('08:05')))).toBe(true);
  });
});
