import type { Charge, Usage } from '../cloud/meter.ts'

export type Service =
  | 'API Gateway'
  | 'Lambda'
  | 'SQS'
  | 'EventBridge'
  | 'DynamoDB'
  | 'S3'
  | 'Secrets Manager'
  | 'CloudWatch Logs'

interface Price {
  readonly service: Service
  /** Dollars for a million units, at us-east-1's list of 2026-11-21, no free tier and no discount. */
  readonly perMillion: number
}

export const priceList: Readonly<Record<Charge, Price>> = {
  'http-requests': { service: 'API Gateway', perMillion: 1 },
  invocations: { service: 'Lambda', perMillion: 0.2 },
  // arm64.
  'gigabyte-seconds': { service: 'Lambda', perMillion: 13.33 },
  'queue-requests': { service: 'SQS', perMillion: 0.4 },
  'fair-requests': { service: 'SQS', perMillion: 0.1 },
  events: { service: 'EventBridge', perMillion: 1 },
  'write-units': { service: 'DynamoDB', perMillion: 0.625 },
  'read-units': { service: 'DynamoDB', perMillion: 0.125 },
  puts: { service: 'S3', perMillion: 5 },
  gets: { service: 'S3', perMillion: 0.4 },
  'secret-calls': { service: 'Secrets Manager', perMillion: 5 },
  // 0.50 a gigabyte.
  'log-bytes': { service: 'CloudWatch Logs', perMillion: 0.0005 },
}

/** What the same journey costs elsewhere, dollars per million orders of two webhooks and three lines. */
export const elsewhere = { naive: 242, stepFunctions: 692 }

/** Dollars per million orders by service, the dearest first, for what some orders used. */
export function dollarsPerMillion(
  usage: Usage,
  orders: number,
): readonly (readonly [Service, number])[] {
  const dollars = new Map<Service, number>()
  for (const [charge, { service, perMillion }] of Object.entries(priceList)) {
    // The list has an entry per charge.
    const units = usage[charge as Charge]
    dollars.set(service, (dollars.get(service) ?? 0) + (units / orders) * perMillion)
  }
  return [...dollars].toSorted(([, one], [, other]) => other - one)
}
