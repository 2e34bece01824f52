import { useQuery } from '@tanstack/react-query';
import type { AreaReport } from '#contracts/http/report.ts';
import { BOARD_REPORT_TEXT } from '#pact/text/board-report.ts';
import { get } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { Loaded } from '../app/loaded.tsx';
import { type NumbersRow, NumbersTable } from './numbers-table.tsx';

/** All communities that somebody may see, each below its street and district. */
export function Areas({ month }: { month: string }) {
  const words = useTextOf(BOARD_REPORT_TEXT).areas;
  const query = useQuery({
    queryKey: ['areas', month],
    queryFn: ({ signal }) => get<AreaReport>(`/reports/areas?month=${encodeURIComponent(month)}`, signal),
  });
  const rowsOf = ({ districts }: AreaReport): NumbersRow[] =>
    districts.flatMap((district) => [
      {
        key: `d ${district.district}`,
        name: district.district ?? words.nowhere,
        numbers: district,
        depth: 0,
        isSum: true,
      },
      ...district.streets.flatMap((street) => [
        ...(street.street === null
          ? []
          : [
              {
                key: `s ${district.district} ${street.street}`,
                name: street.street,
                numbers: street,
                depth: 1,
              },
            ]),
        ...street.communities.map((community) => ({
          key: community.communityId,
          name: community.community,
          numbers: community,
          depth: 2,
        })),
      ]),
    ]);
  return (
    <Loaded query={query} loading={words.loading}>
      {(areas) => <NumbersTable title={words.title} head={words.area} rows={rowsOf(areas)} />}
    </Loaded>
  );
}
