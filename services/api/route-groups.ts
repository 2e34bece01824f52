import { inviteRoutes } from './account/invite.routes.ts';
import { auditRoutes } from './audit/audit.routes.ts';
import { backupRoutes } from './backup.routes.ts';
import { codecRoutes } from './bridge/codec.routes.ts';
import { deviceRoutes } from './bridge/device.routes.ts';
import { sourceRoutes } from './bridge/source.routes.ts';
import { careRoutes } from './care/care.routes.ts';
import { careDoorRoutes } from './care/care-door.routes.ts';
import { carePlanRoutes } from './care/care-plan.routes.ts';
import type { RouteGroup } from './context.ts';
import { decalRoutes } from './decals/decal.routes.ts';
import { doorRoutes } from './door/door.routes.ts';
import { leaveDoorRoutes } from './door/leave-door.routes.ts';
import { alertRoutes } from './morning/alert.routes.ts';
import { messageRoutes } from './morning/message.routes.ts';
import { todayRoutes } from './morning/today.routes.ts';
import { visitRoutes } from './morning/visit.routes.ts';
import { personFileRoutes } from './person-file/person-file.routes.ts';
import { REGISTER_ROUTES } from './register/register-routes.ts';
import { reportRoutes } from './reports/report.routes.ts';
import { reportFileRoutes } from './reports/report-file.routes.ts';
import { retentionRoutes } from './retention.routes.ts';

/** Every group of routes under `/api/v1`; a new one is a file and a line here. */
export const ROUTE_GROUPS: readonly RouteGroup[] = [
  todayRoutes,
  alertRoutes,
  messageRoutes,
  visitRoutes,
  inviteRoutes,
  reportRoutes,
  reportFileRoutes,
  personFileRoutes,
  retentionRoutes,
  backupRoutes,
  doorRoutes,
  leaveDoorRoutes,
  decalRoutes,
  auditRoutes,
  careRoutes,
  carePlanRoutes,
  careDoorRoutes,
  codecRoutes,
  sourceRoutes,
  deviceRoutes,
  ...REGISTER_ROUTES,
];
