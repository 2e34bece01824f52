import type { RouteGroup } from '../context.ts';
import { communityRoutes } from './community.routes.ts';
import { dutyRoutes } from './duty.routes.ts';
import { enrolmentRoutes } from './enrolment.routes.ts';
import { exchangeRoutes } from './exchange.routes.ts';
import { gatewayRoutes } from './gateway.routes.ts';
import { gridRoutes } from './grid.routes.ts';
import { householdRoutes } from './household.routes.ts';
import { leaveRoutes } from './leave.routes.ts';
import { pactRoutes } from './pact.routes.ts';
import { removedRoutes } from './removed.routes.ts';
import { residentRoutes } from './resident.routes.ts';
import { robotRoutes } from './robot.routes.ts';
import { sensorRoutes } from './sensor.routes.ts';
import { stewardRoutes } from './steward.routes.ts';
import { ticketRoutes } from './ticket.routes.ts';

/** The register's resources. */
export const REGISTER_ROUTES: readonly RouteGroup[] = [
  communityRoutes,
  householdRoutes,
  residentRoutes,
  stewardRoutes,
  sensorRoutes,
  pactRoutes,
  leaveRoutes,
  dutyRoutes,
  ticketRoutes,
  enrolmentRoutes,
  exchangeRoutes,
  robotRoutes,
  gridRoutes,
  gatewayRoutes,
  removedRoutes,
];
