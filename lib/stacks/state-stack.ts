import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { EventBus } from 'aws-cdk-lib/aws-events'
import type { Construct } from 'constructs'
import { CrossReferences } from '../constructs/cross-references.ts'
import { Cursors } from '../constructs/cursors.ts'
import { ExchangedFiles } from '../constructs/exchanged-files.ts'
import { Ledger } from '../constructs/ledger.ts'
import { People } from '../constructs/people.ts'
import { RawMessages } from '../constructs/raw-messages.ts'
import { Stock } from '../constructs/stock.ts'
import type { Deployment } from '../deployment.ts'

export interface StateStackProps extends StackProps {
  readonly deployment: Deployment
}

/** All that must survive a deployment, and the bus. */
export class StateStack extends Stack {
  readonly ledger: Ledger
  readonly people: People
  readonly cursors: Cursors
  readonly idempotency: TableV2
  readonly raw: RawMessages
  readonly crossReferences: CrossReferences
  readonly files: ExchangedFiles
  readonly stock: Stock
  readonly bus: EventBus

  constructor(scope: Construct, id: string, { deployment, ...props }: StateStackProps) {
    super(scope, id, { ...props, terminationProtection: deployment.retain })
    const { retain } = deployment

    this.ledger = new Ledger(this, 'Ledger', { retain })
    this.people = new People(this, 'People', { retain })
    this.cursors = new Cursors(this, 'Cursors', { retain })
    this.idempotency = new TableV2(this, 'Idempotency', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiration',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const days = new Set(deployment.connections.map(({ rawDays }) => rawDays))
    this.raw = new RawMessages(this, 'RawMessages', { retain, days: [...days].toSorted(byNumber) })
    this.crossReferences = new CrossReferences(this, 'CrossReferences', { retain })
    this.files = new ExchangedFiles(this, 'Files', { retain })
    this.stock = new Stock(this, 'Stock', { retain })
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: `crossdock-${deployment.environment}`,
      description: 'What happened to orders, and what is asked of systems.',
    })
    this.exportAll()
  }

  /**
   * Exports are the same under all settings, used or not: CloudFormation refuses to delete one that the deployed version of another
   * stack still imports, so that a setting could be added but not removed.
   */
  private exportAll(): void {
    const { ledger, people, cursors, raw, crossReferences, files, stock, bus } = this
    const tables = [
      ...[ledger, people, cursors, crossReferences, stock].map(({ table }) => table),
      this.idempotency,
    ]
    for (const { tableName, tableArn } of tables) {
      this.exportValue(tableName)
      this.exportValue(tableArn)
    }
    for (const { bucket } of [raw, files]) {
      this.exportValue(bucket.bucketName)
      this.exportValue(bucket.bucketArn)
    }
    this.exportValue(ledger.streamArn)
    this.exportValue(stock.streamArn)
    this.exportValue(people.key.keyArn)
    this.exportValue(bus.eventBusName)
    this.exportValue(bus.eventBusArn)
  }
}

const byNumber = (a: number, b: number): number => a - b
