import { describe, expect, it } from 'vitest';
import { type EnrolmentFacts, missingSteps } from './enrolment.ts';

const WHOLE: EnrolmentFacts = {
  consented: true,
  pactStands: true,
  needsSensor: true,
  hasPrimary: true,
  sensorIds: ['s1'],
  testedSensorIds: ['s1'],
};

describe('a home is protected', () => {
  it('when nothing is left to do', () => {
    expect(missingSteps(WHOLE)).toEqual([]);
  });

  it('only after a test with the sensors that it has now', () => {
    expect(missingSteps({ ...WHOLE, testedSensorIds: [] })).toEqual(['test']);
    expect(missingSteps({ ...WHOLE, sensorIds: ['s2'] })).toEqual(['test']);
    expect(missingSteps({ ...WHOLE, sensorIds: ['s1', 's2'] })).toEqual(['test']);
    expect(missingSteps({ ...WHOLE, sensorIds: [] })).toEqual(['sensor', 'test']);
  });

  it('without a sensor where its pact is kept by a person’s own eyes', () => {
    expect(missingSteps({ ...WHOLE, needsSensor: false, sensorIds: [], testedSensorIds: [] })).toEqual([]);
  });

  it('only with consent, a pact and somebody who goes, and says so in the order of the path', () => {
    expect(missingSteps({ ...WHOLE, consented: false, pactStands: false, hasPrimary: false })).toEqual([
      'consent',
      'pact',
      'people',
    ]);
  });
});
