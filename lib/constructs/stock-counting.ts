import { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import { Env as CompareEnv } from '../../functions/compare-stock/env.ts'
import { Env as ImportEnv } from '../../functions/import-stock/env.ts'
import type { StockSettings } from '../../schemas/settings.ts'
import type { Deployment } from '../deployment.ts'
import type { Cursors } from './cursors.ts'
import type { ExchangedFiles } from './exchanged-files.ts'
import { ImpactAlarm } from './impact-alarm.ts'
import { Lane } from './lane.ts'
import { ScheduledFunction } from './scheduled-function.ts'
import { grantSecrets } from './secrets.ts'
import type { Stock } from './stock.ts'
import { uploadsTo } from './uploads.ts'

export interface StockCountingProps {
  readonly deployment: Deployment
  readonly state: {
    readonly stock: Stock
    readonly cursors: Cursors
    readonly files: ExchangedFiles
  }
}

type Location = StockSettings['locations'][string]

const impact =
  'Counts that people bring are not taken: what can be sold is worked out from old ones.'

/** Counts by file, and by asking who counts a location. */
export class StockCounting extends Construct {
  private readonly deployment: Deployment
  private readonly state: StockCountingProps['state']

  constructor(scope: Construct, id: string, { deployment, state }: StockCountingProps) {
    super(scope, id)
    this.deployment = deployment
    this.state = state
    this.imports()
    for (const [name, location] of Object.entries(deployment.stock?.locations ?? {})) {
      if (location.count) this.compare(name, location, location.count)
    }
  }

  private imports(): void {
    const { stock, files } = this.state
    const lane = new Lane(this, 'Imports', {
      deployment: this.deployment,
      name: 'StockImports',
      consumer: 'import-stock',
      env: ImportEnv,
      environment: () => ({
        STOCK_TABLE: stock.table.tableName,
        FILES_BUCKET: files.bucket.bucketName,
      }),
      impact,
      // Any order would end in the same numbers; two files at one time would only overtake each other row by row.
      inOrder: true,
      putsBack: false,
      maxConcurrency: 2,
      timeout: Duration.minutes(10),
      memorySize: 1024,
    })
    stock.grantCount(lane.consumer)
    stock.grantTerms(lane.consumer)
    files.grantRead(lane.consumer, 'stock')
    files.grantPut(lane.consumer, 'results')
    uploadsTo(this, {
      bucket: files.bucket,
      folder: 'stock',
      queue: lane.queue,
      description: 'Files of counts, and of terms of listings, that people put into the bucket',
      impact,
    })
  }

  private compare(
    name: string,
    { warehouse }: Location,
    { from = warehouse, everyMinutes, tolerance, drift }: NonNullable<Location['count']>,
  ): void {
    const { stock, cursors } = this.state
    const word = pascal(name)
    const connection = this.deployment.connections.find(({ id }) => id === from)
    if (!connection) throw new Error(`${from}, which counts ${name}, is no connection`)
    const comparison = new ScheduledFunction(this, `Compare${word}`, {
      deployment: this.deployment,
      name: 'compare-stock',
      env: CompareEnv,
      environment: {
        LOCATION: name,
        STOCK_TABLE: stock.table.tableName,
        CURSORS_TABLE: cursors.table.tableName,
      },
      everyMinutes,
      // The next turn goes on where this one stops, and never beside it.
      timeout: Duration.minutes(Math.min(15, everyMinutes)),
      impact: `What lies at ${name} is known from old counts: it is oversold, or not sold at all.`,
    }).function
    stock.grantCount(comparison)
    cursors.grantAsk(comparison, [connection.id])
    grantSecrets(comparison, [connection])

    const worst = (metricName: string): Metric =>
      new Metric({
        namespace: `Crossdock/${this.deployment.environment}`,
        metricName,
        dimensionsMap: { Location: name },
        statistic: 'Maximum',
        period: Duration.minutes(Math.max(5, everyMinutes)),
      })
    new ImpactAlarm(this, `Drift${word}`, {
      metric: worst('StockUnexplained'),
      threshold: tolerance,
      impact: `Goods at ${name} come and go without Crossdock being told: between two counts it promises what is not there.`,
      runbook: 'stock-drift',
    })
    if (drift === 'correct') return
    new ImpactAlarm(this, `DriftRaised${word}`, {
      metric: worst('StockRaised'),
      threshold: 1,
      impact: `Counts of some articles at ${name} are too far off to be believed: until a person says how many there are, they are sold by the old number.`,
      runbook: 'stock-drift-raised',
    })
  }
}

/** `alpine-hall` as CloudFormation likes it: `AlpineHall`. */
const pascal = (name: string): string =>
  name.replaceAll(/(^|-)(.)/g, (_, __, first: string) => first.toUpperCase())
