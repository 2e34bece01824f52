import Type from 'typebox';

/** A name within a limit of the register: more letters may stand in it where all of them are Latin. */
export const NameWithin = ({ most, mostLatin }: { most: number; mostLatin: number }) =>
  Type.String({ pattern: `^(?:[ -~]{1,${mostLatin}}|.{1,${most}})$` });
