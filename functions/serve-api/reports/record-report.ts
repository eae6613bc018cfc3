import { err, ok } from '../../../domain/result.ts'
import { locationCalled } from '../../../domain/stock/locations.ts'
import type { endpoints } from '../../../schemas/api/endpoints.ts'
import type { Connection } from '../../../schemas/settings.ts'
import { intakeMessage } from '../intake-message.ts'
import { noneCalled } from '../orders/submit-channel-order.ts'
import { problem } from '../problems.ts'
import type { Handle, Refusal } from '../route.ts'
import { noSuchLocation } from '../stock/record-counts.ts'

/** Puts a report on the intake queue. Needs no key: a report may be repeated. */
export const recordReport: Handle<typeof endpoints.takeReport> = async (asked, deps) => {
  const named = `${asked.params.connector}/${asked.params.name}`
  const system = deps.connections.find(({ id, reports }) => id === named && reports)
  if (!system) return err(noSuchSystem(named, deps.connections))

  if ('location' in asked.body) {
    const { location: called } = asked.body
    const location = locationCalled(called, { by: system.id }, deps.stocked.settings)
    if (!location.ok) return err(noSuchLocation(location.error))
  }
  const message = intakeMessage(system.id, asked, deps.clock())
  await deps.enqueue(message)
  const { receivedAt } = message
  const about = 'orderId' in asked.body ? { orderId: asked.body.orderId } : {}
  return ok({ connection: system.id, ...about, receivedAt })
}

const noSuchSystem = (named: string, all: readonly Connection[]): Refusal => ({
  problem: problem(
    'not-found',
    `The settings have no system ${named} that reports through this API; see docs/api.md#reporting.`,
    [noneCalled(all.filter(({ reports }) => reports))],
  ),
})
