import type { AwsAnswer, AwsCall } from './aws-call.ts'

/** What AWS asks money for, by the unit that its price list names. */
export const charges = [
  'http-requests',
  'invocations',
  'gigabyte-seconds',
  'queue-requests',
  'fair-requests',
  'events',
  'write-units',
  'read-units',
  'puts',
  'gets',
  'secret-calls',
  'log-bytes',
] as const

export type Charge = (typeof charges)[number]

/** Units of each charge so far. */
export type Usage = Readonly<Record<Charge, number>>

/** Adds up what AWS would bill. */
export interface Meter {
  add(charge: Charge, units: number): void
  usage(): Usage
}

export function openMeter(): Meter {
  const used: Record<string, number> = Object.fromEntries(charges.map((charge) => [charge, 0]))
  return {
    add: (charge, units) => {
      used[charge] = (used[charge] ?? 0) + units
    },
    // Made of all charges above.
    usage: () => ({ ...used }) as Usage,
  }
}

/** SQS and EventBridge bill every 64 KB begun as one more. */
export const per64Kb = (bytes: number): number => Math.max(1, Math.ceil(bytes / 65_536))

type Bill = readonly (readonly [charge: Charge, units: number])[]

/** What AWS bills for a call that it answered, by its action as the gateway records it. */
export function billOf(action: string, call: AwsCall, { capacityUnits = 0 }: AwsAnswer): Bill {
  const [service = '', operation = ''] = action.split(':')
  switch (service) {
    case 'dynamodb':
      return [[reading.test(operation) ? 'read-units' : 'write-units', capacityUnits]]
    case 'sqs':
      return queueBill(call)
    case 'events':
      return [['events', sumOf(entriesOf(call).map((entry) => per64Kb(sizeOf(entry))))]]
    case 's3':
      return [[call.method === 'PUT' || call.method === 'POST' ? 'puts' : 'gets', 1]]
    case 'secretsmanager':
      return [['secret-calls', 1]]
    default:
      return []
  }
}

const reading = /^(Get|BatchGet|TransactGet|Query|Scan)/

/** A standard queue with message groups is a fair one, which costs a little more. */
function queueBill(call: AwsCall): Bill {
  const units = per64Kb(call.body.length)
  const messages = [call.json, ...entriesOf(call)]
  const grouped = messages.some((one) => 'MessageGroupId' in Object(one)) && !isFifo(call)
  return [['queue-requests', units], ...(grouped ? [['fair-requests', units] as const] : [])]
}

const isFifo = ({ json }: AwsCall): boolean => String(json['QueueUrl']).endsWith('.fifo')

const entriesOf = ({ json }: AwsCall): readonly unknown[] =>
  Array.isArray(json['Entries']) ? json['Entries'] : []

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0)

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size */
function sizeOf(entry: unknown): number {
  const { Source = '', DetailType = '', Detail = '' } = Object(entry)
  return Buffer.byteLength(`${Source}${DetailType}${Detail}`)
}
