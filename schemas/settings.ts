import { z } from 'zod'
import { ConnectionId } from './canonical/identity.ts'
import { Currency } from './canonical/money.ts'

const seconds = z.int().positive().describe('Seconds.')

/** How often and how far back a connection is swept for what its webhooks lost. */
export const SweepSettings = z.strictObject({
  everyMinutes: z.int().min(1).max(1440).default(5),
  overlapMinutes: z
    .int()
    .min(0)
    .max(1440)
    .default(5)
    .describe('How far each window reaches back into the one before.'),
  lagSeconds: z
    .int()
    .min(0)
    .max(3600)
    .default(30)
    .describe('How far behind now a window ends, because vendors index late.'),
  since: z.iso
    .datetime()
    .optional()
    .describe('Where the first sweep begins. Default: the moment of the first sweep.'),
})

/** What every connection has; the plug's own fields stand beside these. */
export const ConnectionSettings = z.looseObject({
  secret: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Name of the Secrets Manager secret, never its value. Default: crossdock/<environment>/<connection>.',
    ),
  sweep: SweepSettings.optional().describe('Leave out to use the defaults.'),
  testOrders: z
    .enum(['hold', 'accept'])
    .default('hold')
    .describe('What happens to orders the channel marks as tests: an exception, or the usual way.'),
  maxConcurrency: z
    .int()
    .min(2)
    .max(1000)
    .optional()
    .describe('Requests at one time. Default: what the plug says the system bears.'),
})

/** Where orders go. The first rule that matches decides; an order that matches none is an exception. */
export const Route = z.strictObject({
  when: z
    .strictObject({
      channel: ConnectionId.optional(),
      shipToCountry: z.array(z.string().regex(/^[A-Z]{2}$/)).optional(),
      currency: z.array(Currency).optional(),
    })
    .default({}),
  erp: ConnectionId,
  wms: ConnectionId,
})

/** Time allowed per stage before it counts against the service level and shows as overdue. */
export const StageLimits = z.strictObject({
  captured: seconds.default(60).describe('From the webhook to the ledger.'),
  accepted: seconds.default(900).describe('From the ledger to the ERP.'),
  released: seconds.default(900).describe('From the ERP to the warehouse.'),
  shipped: seconds
    .default(259_200)
    .describe('From the warehouse taking the order to its last parcel.'),
  confirmed: seconds.default(3600).describe('From a parcel leaving to the channel knowing.'),
})

export const Settings = z.strictObject({
  $schema: z.string().optional(),
  environment: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,19}$/)
    .describe('Lower case; part of every stack and secret name.'),
  account: z
    .string()
    .regex(/^\d{12}$/)
    .optional()
    .describe('AWS account. Default: the one of the credentials used to deploy.'),
  region: z.string().optional().describe('AWS region. Default: the one of the credentials.'),
  retain: z
    .boolean()
    .default(true)
    .describe('Keep tables and buckets when the stacks are deleted.'),
  alarmEmail: z.email().optional().describe('Who is told when an alarm fires.'),
  connections: z.record(ConnectionId, ConnectionSettings),
  routes: z.array(Route).min(1),
  stages: StageLimits.prefault({}),
})
export type Settings = z.infer<typeof Settings>

/** A connection after its plug had its say: what functions and stacks read. */
export interface Connection {
  readonly id: ConnectionId
  readonly plug: string
  readonly kind: 'channel' | 'erp' | 'wms'
  readonly secret: string
  readonly hosts: readonly string[]
  readonly maxConcurrency: number
  /** Absent for a plug that cannot be swept. */
  readonly sweep?: z.infer<typeof SweepSettings>
  readonly testOrders: 'hold' | 'accept'
  /** The plug's own fields, parsed by its schema. */
  readonly own: unknown
}

/** The document that lies beside every bundle as `settings.json`. */
export interface ResolvedSettings {
  readonly environment: string
  readonly account?: string
  readonly region?: string
  readonly retain: boolean
  readonly alarmEmail?: string
  readonly connections: readonly Connection[]
  readonly routes: readonly z.infer<typeof Route>[]
  readonly stages: z.infer<typeof StageLimits>
}
