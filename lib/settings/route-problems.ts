import type { Capability, Settings } from '../../schemas/settings.ts'
import { capabilityProblems, type Named } from './capability-problems.ts'
import type { Problem } from './settings-problem.ts'

/** The first rule that matches decides, so that nothing comes behind one that always does. */
export function routeProblems(
  routes: Settings['routes'],
  connections: readonly Named[],
): Problem[] {
  const last = routes.findIndex(({ when }) => Object.keys(when).length === 0)
  const behind = routes.slice(last === -1 ? routes.length : last + 1)
  const check = (path: Problem['path'], id: string, capability: Capability) =>
    capabilityProblems(path, id, { connections, needs: [capability] })
  const named = routes.flatMap(({ when, erp, wms }, index) => [
    ...check(['routes', index, 'erp'], erp, 'accounting'),
    ...check(['routes', index, 'wms'], wms, 'fulfilment'),
    ...(when.channel ? check(['routes', index, 'when', 'channel'], when.channel, 'orders') : []),
  ])
  const unreached = behind.map((_, index) => ({
    path: ['routes', last + 1 + index],
    what: `no order reaches this rule, because routes[${last}] matches every order; move it up, or remove it`,
  }))
  return [...named, ...unreached]
}
