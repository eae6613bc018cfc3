import { z } from 'zod'
import { connectors } from '../../connectors/index.ts'
import { ConnectionSettings, Settings } from '../../schemas/settings.ts'

/** The JSON Schema that editors read: the frame, and each connector's own fields for its connections. */
export function settingsSchema(): unknown {
  const { $schema, properties, ...frame } = z.toJSONSchema(Settings, { io: 'input' })
  return {
    $schema,
    title: 'Settings of one Crossdock environment',
    ...frame,
    properties: {
      ...properties,
      connections: {
        type: 'object',
        description: 'Accounts at vendors, each named <connector>/<name>.',
        patternProperties: Object.fromEntries(
          connectors.map((connector) => [
            `^${connector.id}/[a-z0-9-]+$`,
            connectionSchema(connector.settings, connector.title),
          ]),
        ),
        additionalProperties: false,
      },
    },
  }
}

function connectionSchema(own: z.ZodObject, title: string): unknown {
  const schema = own.extend(ConnectionSettings.shape).strict()
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' })
  return { title, ...rest }
}
