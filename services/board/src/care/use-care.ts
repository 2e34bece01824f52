import { useQueryClient } from '@tanstack/react-query';

/** Whatever is changed here is seen in the day, in the plans and in the home's file. */
export function useCareAgain(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await queries.invalidateQueries({ queryKey: ['care'] });
    await queries.invalidateQueries({ queryKey: ['home-care'] });
  };
}
