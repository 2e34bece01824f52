import { type ComponentType, lazy } from 'react';
import type { PageName, PageProps } from './page-name.ts';

/** The pages beside the morning, each fetched when it is first opened. */
export const PAGES: Record<Exclude<PageName, 'today'>, ComponentType<PageProps>> = {
  register: lazy(() => import('../register/register-page.tsx')),
  enrol: lazy(() => import('../enrol/enrol-page.tsx')),
  exchange: lazy(() => import('../exchange/exchange-page.tsx')),
  settings: lazy(() => import('../settings/settings-page.tsx')),
  wall: lazy(() => import('../wall/wall-page.tsx')),
  codecs: lazy(() => import('../codecs/codecs-page.tsx')),
  alert: lazy(() => import('../alert-page/alert-page.tsx')),
  sensors: lazy(() => import('../sensors/sensors-page.tsx')),
  care: lazy(() => import('../care/care-page.tsx')),
  leave: lazy(() => import('../leave/leave-page.tsx')),
  report: lazy(() => import('../report/report-page.tsx')),
  audit: lazy(() => import('../audit/audit-page.tsx')),
  overview: lazy(() => import('../overview/overview-page.tsx')),
  sources: lazy(() => import('../sources/sources-page.tsx')),
  rota: lazy(() => import('../rota/rota-page.tsx')),
};
