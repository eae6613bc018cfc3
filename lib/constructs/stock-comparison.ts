import { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import { Env } from '../../functions/compare-stock/env.ts'
import type { StockSettings } from '../../schemas/settings.ts'
import type { DeployedConnection, Deployment } from '../deployment.ts'
import type { Cursors } from './cursors.ts'
import { ImpactAlarm } from './impact-alarm.ts'
import { ScheduledFunction } from './scheduled-function.ts'
import { grantSecrets } from './secrets.ts'
import type { Stock } from './stock.ts'

export interface StockComparisonProps {
  readonly deployment: Deployment
  readonly state: { readonly stock: Stock; readonly cursors: Cursors }
  /** Who counts. */
  readonly connection: DeployedConnection
  /** The location's. */
  readonly name: string
  readonly count: NonNullable<StockSettings['locations'][string]['count']>
}

/** Asks the system that counts a location for its counts, by schedule. */
export class StockComparison extends Construct {
  constructor(
    scope: Construct,
    { deployment, state, connection, name, count }: StockComparisonProps,
  ) {
    super(scope, `Count${pascal(name)}`)
    const { everyMinutes, tolerance, drift } = count
    const { stock, cursors } = state
    const comparison = new ScheduledFunction(this, 'Compare', {
      deployment,
      name: 'compare-stock',
      env: Env,
      environment: {
        LOCATION: name,
        STOCK_TABLE: stock.table.tableName,
        CURSORS_TABLE: cursors.table.tableName,
      },
      everyMinutes,
      // The next turn goes on where this one stops, and never beside it.
      timeout: Duration.minutes(Math.min(15, everyMinutes)),
      impact: `The stock at ${name} is based on old counts: articles are oversold, or not sold at all.`,
    }).function
    stock.grantCount(comparison)
    cursors.grantAsk(comparison, connection.id)
    grantSecrets(comparison, connection)

    const worst = (metricName: string): Metric =>
      new Metric({
        namespace: `Crossdock/${deployment.environment}`,
        metricName,
        dimensionsMap: { Location: name },
        statistic: 'Maximum',
        period: Duration.minutes(Math.max(5, everyMinutes)),
      })
    new ImpactAlarm(this, 'Drift', {
      metric: worst('StockUnexplained'),
      threshold: tolerance,
      impact: `Goods at ${name} move without being reported: between counts, Crossdock promises units that are not there.`,
      runbook: 'stock-drift',
    })
    if (drift === 'correct') return
    new ImpactAlarm(this, 'DriftRaised', {
      metric: worst('StockRaised'),
      threshold: 1,
      impact: `Some articles at ${name} differ too much from their count to be corrected: they sell by the old number until a person confirms it.`,
      runbook: 'stock-drift-raised',
    })
  }
}

/** `alpine-hall` as CloudFormation likes it: `AlpineHall`. */
const pascal = (name: string): string =>
  name.replaceAll(/(^|-)(.)/g, (_, __, first: string) => first.toUpperCase())
