/** What the consent on a paper is for. */
export const CONSENT_PURPOSES = ['pact', 'entry', 'neighbours', 'family'] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];

/** What stands between a home in the register and a home that is protected, in the order of the guided path. */
export const ENROLMENT_STEPS = ['consent', 'pact', 'people', 'sensor', 'test'] as const;
export type EnrolmentStep = (typeof ENROLMENT_STEPS)[number];

/** What is known of a home's enrolment today. */
export type EnrolmentFacts = {
  /** Somebody of the home has signed for the pact, and has not taken it back. */
  consented: boolean;
  /** A pact that has not ended. */
  pactStands: boolean;
  /** Whether its pact takes an opened curtain as proof: only then it needs a sensor. */
  needsSensor: boolean;
  hasPrimary: boolean;
  sensorIds: readonly string[];
  /** Sensors with which the commissioning test of this home was passed. */
  testedSensorIds: readonly string[];
};

/** The steps that are left; a home is protected when there are none. A sensor that was replaced is tested anew. */
export function missingSteps(facts: EnrolmentFacts): EnrolmentStep[] {
  const { needsSensor, sensorIds, testedSensorIds } = facts;
  const isTested = sensorIds.length > 0 && sensorIds.every((id) => testedSensorIds.includes(id));
  const done: Record<EnrolmentStep, boolean> = {
    consent: facts.consented,
    pact: facts.pactStands,
    people: facts.hasPrimary,
    sensor: !needsSensor || sensorIds.length > 0,
    test: !needsSensor || isTested,
  };
  return ENROLMENT_STEPS.filter((step) => !done[step]);
}

/** How long a commissioning test may take; a curtain that is drawn later was not drawn for it. */
export const COMMISSIONING_MINUTES = 60;
