import { InvalidArgumentError } from 'commander';

/** Reads an option of a command line. @throws InvalidArgumentError, which the command tells its user */
export const wholeNumber = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`A whole number from ${least} to ${most} is needed.`);
};
