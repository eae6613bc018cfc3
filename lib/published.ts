import { z } from 'zod'
import { endpoints } from '../schemas/api/endpoints.ts'
import { openApi } from '../schemas/api/openapi.ts'
import { ConnectionId, OrderId } from '../schemas/canonical/identity.ts'
import { Instant } from '../schemas/canonical/instant.ts'
import { Shipment } from '../schemas/canonical/shipment.ts'
import { publishedEvents } from '../schemas/events/published-event.ts'

/** What stands in many events. */
const named = { ConnectionId, Instant, OrderId, Shipment }

/** The documents by which others know us, made from our own schemas: by file under `docs/`. */
export const published = (): Readonly<Record<string, unknown>> => ({
  'openapi.json': openApi(endpoints),
  'events.schema.json': eventsSchema(),
})

function eventsSchema(): unknown {
  const registry = z.registry<{ id: string }>()
  for (const [type, schema] of publishedEvents) registry.add(schema, { id: type })
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/$defs/${id}` })
  const each = Object.entries(schemas).map(([id, { $schema, $id, ...rest }]) => [id, rest] as const)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Events of Crossdock',
    description:
      'The `detail` of events on the bus with the source `crossdock`; `detail-type` is `type`. Fields may be added without notice; any other change gets a new type.',
    oneOf: [...publishedEvents.keys()].map((type) => ({ $ref: `#/$defs/${type}` })),
    $defs: Object.fromEntries(each),
  }
}
