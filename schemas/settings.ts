import { z } from 'zod'
import { ConnectionId } from './canonical/identity.ts'
import { Currency } from './canonical/money.ts'
import { NameKind } from './canonical/name-kind.ts'
import type { EffectName } from './events/order-event.ts'

const writeCountry = 'write ISO 3166-1 alpha-2, for example DE or GB'
const countries = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

/** A country that orders can have; never `UK`, which Intl accepts as an alias of `GB`. */
const Country = z
  .string()
  .regex(/^[A-Z]{2}$/, { error: writeCountry, abort: true })
  .refine(
    (code) => countries.of(code) && new Intl.Locale(`und-${code}`).region === code,
    writeCountry,
  )

const seconds = z.int().positive().describe('Seconds.')

/** How often and how far back a connection is polled for what its webhooks missed. */
export const SweepSettings = z.strictObject({
  everyMinutes: z.int().min(1).max(1440).default(5),
  overlapMinutes: z
    .int()
    .min(0)
    .max(1440)
    .default(5)
    .describe('How far each poll window overlaps the previous one.'),
  lagSeconds: z
    .int()
    .min(0)
    .max(3600)
    .default(30)
    .describe('How far before now a poll window ends, because vendors index late.'),
  since: z.iso
    .datetime('write an instant in UTC, for example 2026-11-21T00:00:00Z')
    .optional()
    .describe('Where the first poll starts. Default: the time of the first poll.'),
})

/** Kinds whose codes must have a cross-reference at a connection; for others the code itself is sent. */
export const NamesRequired = z.partialRecord(
  NameKind,
  z.enum(['required', 'optional'], 'write required or optional'),
)
export type NamesRequired = Readonly<z.infer<typeof NamesRequired>>

const units = z.int().min(0)

/** What happens to a difference found by a comparison. */
export const DriftPolicy = z
  .union(
    [
      z.literal('correct'),
      z.strictObject({
        raiseAbove: z
          .strictObject({
            units: units.optional(),
            percent: z.int().min(0).max(1000).optional(),
          })
          .refine(
            (most) => most.units !== undefined || most.percent !== undefined,
            'write units, percent or both',
          ),
      }),
    ],
    'write "correct" or {"raiseAbove": {"units": 50, "percent": 20}}',
  )
  .default('correct')
  .describe(
    'What a comparison does with a difference: correct it, or leave it to a person and raise an alarm if an article is off by more than these units or percent.',
  )
export type DriftPolicy = z.infer<typeof DriftPolicy>

/** How stock is offered to a channel, and what happens when it oversells. */
export const SellingTerms = z.strictObject({
  locations: z
    .array(z.string())
    .min(1)
    .optional()
    .describe(
      'The locations it sells from. Default: those of every warehouse that gets its orders.',
    ),
  buffer: units.default(0).describe('Units of every article that are never shown.'),
  allocation: z
    .union(
      [
        z.strictObject({ percent: z.int().min(1).max(100) }),
        z.strictObject({ atMost: units }),
        z.strictObject({ exclusive: units }),
      ],
      'write {"percent": 50}, {"atMost": 20} or {"exclusive": 20}',
    )
    .default({ percent: 100 })
    .describe(
      "This channel's share of the available units: a percentage, a maximum, or a number of units exclusive to it.",
    ),
  minimum: units.default(0).describe('Fewer units are shown as 0.'),
  maximum: units.optional().describe('More units are shown as this number.'),
  leadTimeDays: z
    .int()
    .min(0)
    .max(365)
    .default(0)
    .describe('Incoming units expected within this many days are shown too.'),
  shortStock: z
    .enum(['wait', 'split', 'cancel'])
    .default('wait')
    .describe(
      'What happens to an order for more than is available: wait as a whole, ship in part and the rest later, or cancel what is missing.',
    ),
  publish: z.boolean().default(true).describe('Whether Crossdock keeps its quantities up to date.'),
  compareMinutes: z
    .int()
    .min(5)
    .max(1440)
    .default(360)
    .describe('How often all its quantities are read and compared.'),
  drift: DriftPolicy,
})
export type SellingTerms = z.infer<typeof SellingTerms>

/** A location that ships goods. */
const StockLocation = z.strictObject({
  warehouse: ConnectionId,
  code: z.string().min(1).describe("The warehouse's code for it, in counts and on parcels."),
  country: Country.optional(),
  serves: z.array(Country).default([]).describe('Other countries it is near to, nearest first.'),
  priority: z.int().min(1).default(100).describe('The lowest number is used first.'),
  safety: units.default(0).describe('Units of every article that are never shown on any channel.'),
  count: z
    .strictObject({
      from: ConnectionId.optional().describe('The system that counts it. Default: its warehouse.'),
      code: z.string().min(1).optional().describe("That system's code for it. Default: `code`."),
      everyMinutes: z.int().min(5).max(1440).default(60),
      tolerance: z
        .int()
        .min(1)
        .default(10)
        .describe('Unexplained units, over all articles, that raise an alarm.'),
      drift: DriftPolicy,
    })
    .optional()
    .describe(
      'A system that Crossdock queries for counts. Leave out if counts come by file or API.',
    ),
})

export const StockSettings = z.strictObject({
  locations: z.record(
    z.string().regex(/^[a-z0-9-]{1,40}$/, 'write lower-case letters, digits and dashes'),
    StockLocation,
  ),
  allocation: z
    .enum(['priority', 'nearest', 'fewest-splits'])
    .default('fewest-splits')
    .describe('How the location of an order is chosen.'),
  holdMinutes: z
    .int()
    .min(5)
    .max(43_200)
    .default(1440)
    .describe('How long stock stays reserved for an order that its channel or its payment holds.'),
  hotSkuShards: z
    .record(z.string(), z.int().min(2).max(32))
    .default({})
    .describe('Articles in very high demand, by SKU: the number of shards of their stock row.'),
})
export type StockSettings = z.infer<typeof StockSettings>

const awsId = (kind: 'subnet' | 'sg') =>
  z
    .string()
    .regex(
      new RegExp(`^${kind}-[0-9a-f]{8,17}$`),
      `write the id of a ${kind === 'sg' ? 'security group' : 'subnet'}, for example ${kind}-0a1b2c3d4e5f60718`,
    )

/** Settings of every connection; the connector's own fields are beside these. */
export const ConnectionSettings = z.looseObject({
  secret: z
    .string()
    .regex(
      /^([\w/+=.@-]+|arn:aws[\w-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-\w{6})$/,
      'write the name of the secret, or its whole ARN with the six characters at its end; never its value',
    )
    .optional()
    .describe(
      'Name or ARN of the Secrets Manager secret, never its value. Default: crossdock/<environment>/<connection>.',
    ),
  sweep: SweepSettings.optional().describe('Leave out to use the defaults.'),
  testOrders: z
    .enum(['hold', 'accept'])
    .default('hold')
    .describe(
      'What happens to orders that the channel marks as tests: an exception, or normal processing.',
    ),
  unpaidOrders: z
    .enum(['hold', 'accept'])
    .default('hold')
    .describe('Channels only: whether an order with a pending payment waits before its release.'),
  timeoutSeconds: z
    .int()
    .min(10)
    .max(120)
    .default(30)
    .describe('Seconds for one effect at this system, all its requests together. Default: 30.'),
  maxConcurrency: z
    .int()
    .min(2)
    .max(1000)
    .optional()
    .describe('Requests at one time. Default: what the connector says the system bears.'),
  network: z
    .literal('vpc', 'write "vpc", or leave it out for a system on the internet')
    .optional()
    .describe(
      'For a system in a network of yours: the functions of this connection run in `subnets`, and may call private addresses.',
    ),
  subnets: z
    .array(awsId('subnet'))
    .min(1)
    .max(16)
    .optional()
    .describe('With `network` only: where they run, best in two availability zones.'),
  securityGroups: z
    .array(awsId('sg'))
    .min(1)
    .max(5)
    .optional()
    .describe('With `network` only: what they may reach.'),
  crossReferences: NamesRequired.default({}).describe(
    'For each kind of code: whether an order waits until the code has a name here. Default: the code itself is the name.',
  ),
  peopleDays: z
    .int()
    .min(1)
    .max(3650)
    .optional()
    .describe('Channels only: days to keep personal data, if fewer than `keep.peopleDays`.'),
  sells: SellingTerms.optional().describe(
    'Channels only: how stock is offered. Leave out to use the defaults.',
  ),
  expectedOrderIntervalMinutes: z
    .int()
    .min(5)
    .max(1440)
    .default(240)
    .describe(
      'Channels only: the usual maximum interval between orders. An alarm is raised after three times as long.',
    ),
})
export type ConnectionSettings = z.infer<typeof ConnectionSettings>

/** Where orders go. The first matching rule decides; an order without one becomes an exception. */
const Route = z.strictObject({
  when: z
    .strictObject({
      channel: ConnectionId.optional(),
      shipToCountry: z.array(Country).optional(),
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
    .describe('From the warehouse accepting the order to its last parcel.'),
  confirmed: seconds
    .default(3600)
    .describe('From a parcel leaving to its confirmation at the channel.'),
  published: seconds
    .default(300)
    .describe('From a change of stock to the channel showing the new quantity.'),
})

/** Days that CloudWatch can keep logs for. */
const daysOfLogs = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
] as const

/** Retention. CloudWatch accepts only these numbers of days. */
export const Keep = z.strictObject({
  logDays: z.literal(daysOfLogs).default(30),
  rawDays: z
    .int()
    .min(1)
    .max(3650)
    .default(90)
    .describe(
      'Days that raw messages are kept, for replay and as evidence; never longer than the personal data in them.',
    ),
  peopleDays: z
    .int()
    .min(1)
    .max(3650)
    .default(90)
    .describe(
      'Days that personal data is kept after the order has nothing left to ship. A channel that demands less gets less.',
    ),
})
export type Keep = z.infer<typeof Keep>

const streamLabel = z
  .string()
  .regex(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/,
    'write the LatestStreamLabel that `aws dynamodb describe-table` shows, for example 2026-12-01T12:00:00.000',
  )

/** Tables that a restore put in the place of others. */
const RestoredTables = z.strictObject({
  suffix: z
    .string()
    .regex(/^[a-z0-9]{1,20}$/, 'write lower-case letters and digits, at most 20')
    .describe('End of their names: Crossdock-<environment>-Ledger-<suffix>.'),
  streams: z
    .strictObject({ Ledger: streamLabel, Stock: streamLabel })
    .describe('Labels of their streams.'),
  before: z.iso
    .datetime('write an instant in UTC, for example 2026-12-01T12:00:00Z')
    .transform((at) => new Date(at).toISOString())
    .describe(
      'When they were put into service. What was done for older orders may have been forgotten, and is looked up before it is done again.',
    ),
})
type RestoredTables = z.infer<typeof RestoredTables>

/** Who may call the Capability API. */
export const ApiSettings = z.discriminatedUnion(
  'authorizer',
  [
    z.strictObject({ authorizer: z.literal('iam') }),
    z.strictObject({
      authorizer: z.literal('jwt'),
      issuer: z
        .url({ protocol: /^https$/, error: 'write the https address of the token issuer' })
        .describe('Publishes its keys under /.well-known/openid-configuration.'),
      audience: z.array(z.string().min(1)).min(1).describe('A token must be for one of these.'),
    }),
  ],
  { error: 'write "iam", or "jwt" with an issuer and an audience' },
)
export type ApiSettings = z.infer<typeof ApiSettings>

export const Settings = z.strictObject({
  $schema: z.string().optional(),
  environment: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,19}$/, 'write lower-case letters, digits and dashes, at most 20')
    .describe('Lower case; part of every stack and secret name.'),
  account: z
    .string()
    .regex(/^\d{12}$/, 'write the twelve digits of an AWS account, for example 111122223333')
    .optional()
    .describe('AWS account. Default: the account of the deploying credentials.'),
  region: z
    .string()
    .regex(/^[a-z]{2,8}(-[a-z]+)+-\d{1,2}$/, 'write an AWS region, for example eu-central-1')
    .optional()
    .describe('AWS region. Default: the region of the deploying credentials.'),
  retain: z
    .boolean()
    .default(true)
    .describe('Keep tables and buckets when the stacks are deleted.'),
  tags: z
    .record(
      z
        .string()
        .regex(
          /^(?!aws:)[\p{L}\p{N} _.:/=+@-]{1,128}$/u,
          'write at most 128 letters, digits, spaces and _.:/=+@-, not beginning with aws:',
        ),
      z
        .string()
        .regex(
          /^[\p{L}\p{N} _.:/=+@-]{0,256}$/u,
          'write at most 256 letters, digits, spaces and _.:/=+@-',
        ),
    )
    .optional()
    .describe('Tags of everything that is deployed and can have tags.'),
  permissionsBoundary: z
    .string()
    .regex(
      /^arn:aws[\w-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/,
      'write the ARN of a policy, for example arn:aws:iam::111122223333:policy/boundary',
    )
    .optional()
    .describe('Policy that bounds what the roles of the stacks may do.'),
  alarmEmail: z
    .email('write an e-mail address, for example alarms@example.com')
    .optional()
    .describe('The e-mail address that alarms are sent to.'),
  restored: RestoredTables.optional().describe(
    'Tables that were restored and are in service, instead of those of the first deployment: docs/restore.md.',
  ),
  connections: z.record(ConnectionId, ConnectionSettings),
  routes: z.array(Route).min(1),
  stages: StageLimits.prefault({}),
  stock: StockSettings.optional().describe(
    'Locations and their counts. Without it, nothing is reserved or published.',
  ),
  keep: Keep.prefault({}),
  api: ApiSettings.default({ authorizer: 'iam' }).describe(
    'Who may call the Capability API: AWS principals with permission, or callers with tokens.',
  ),
})
export type Settings = z.infer<typeof Settings>

/** What a vendor does for a retailer. `orders`: sells. `accounting`: keeps the books. `fulfilment`: ships the goods. */
export type Capability = 'orders' | 'accounting' | 'fulfilment' | 'listings'

/** Selects connections by capability: `connections.filter(capableOf('orders'))`. */
export const capableOf =
  (capability: Capability) =>
  ({ capabilities }: Pick<Connection, 'capabilities'>): boolean =>
    capabilities.includes(capability)

/** Subnets of one VPC. */
export interface Network {
  readonly subnets: readonly string[]
  readonly securityGroups: readonly string[]
}

/** A connection completed by its connector: what functions and stacks read. */
export interface Connection {
  readonly id: ConnectionId
  readonly connector: string
  readonly capabilities: readonly Capability[]
  readonly secret: string
  readonly hosts: readonly string[]
  readonly maxConcurrency: number
  /** Whether the system sends webhooks. */
  readonly webhooks: boolean
  /** Its orders are submitted through the Capability API. @default false */
  readonly submits?: boolean
  /** It may report through the Capability API. @default false */
  readonly reports?: boolean
  /** Where its functions run, and from where they may call private addresses. @default on the internet */
  readonly network?: Network
  /** Seconds for one effect at this system, all its requests together. */
  readonly timeoutSeconds: number
  /** Absent if the connector cannot be polled. */
  readonly sweep?: z.infer<typeof SweepSettings>
  readonly testOrders: 'hold' | 'accept'
  readonly unpaidOrders: 'hold' | 'accept'
  /** The effects that its connector implements. */
  readonly effects: readonly EffectName[]
  readonly crossReferences: NamesRequired
  /** Channels only. */
  readonly sells?: SellingTerms
  /** What a quantity means to a channel that publishes them. */
  readonly shows?: 'sellable' | 'physical'
  /** Name of the queue of its listings, if they are published. */
  readonly listingsQueue?: string
  /** Days that personal data is kept after an order has nothing left to ship. */
  readonly peopleDays: number
  /** Days that its raw messages are kept. */
  readonly rawDays: number
  /** The connector's own fields, parsed by its schema. */
  readonly own: unknown
}

/** The content of `settings.json` beside every bundle. */
export interface ResolvedSettings {
  readonly environment: string
  readonly account?: string
  readonly region?: string
  readonly retain: boolean
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly permissionsBoundary?: string | undefined
  readonly alarmEmail?: string
  readonly connections: readonly Connection[]
  readonly routes: readonly z.infer<typeof Route>[]
  readonly stages: z.infer<typeof StageLimits>
  readonly stock?: StockSettings | undefined
  readonly restored?: RestoredTables | undefined
  readonly api: ApiSettings
}
