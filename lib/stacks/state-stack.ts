import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { EventBus } from 'aws-cdk-lib/aws-events'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'
import { CrossReferences } from '../constructs/cross-references.ts'
import { Cursors } from '../constructs/cursors.ts'
import { ExchangedFiles } from '../constructs/exchanged-files.ts'
import { Ledger } from '../constructs/ledger.ts'
import { People } from '../constructs/people.ts'
import { RawMessages } from '../constructs/raw-messages.ts'
import { StateTable, type TableSet } from '../constructs/state-table.ts'
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
  readonly idempotency: StateTable
  readonly raw: RawMessages
  readonly crossReferences: CrossReferences
  readonly files: ExchangedFiles
  readonly stock: Stock
  readonly bus: EventBus

  constructor(scope: Construct, id: string, { deployment, ...props }: StateStackProps) {
    super(scope, id, { ...props, terminationProtection: deployment.retain })
    const { environment, retain, restored } = deployment

    const key = new Key(this, 'PeopleKey', {
      description: 'Crossdock: personal data of orders',
      enableKeyRotation: true,
      pendingWindow: Duration.days(7),
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    })
    const original = tables(this, { environment, retain, key })
    // Two sets side by side: nothing that is deployed is replaced, and either can be put into service.
    const inService = restored
      ? tables(new Construct(this, `Restored${restored.suffix}`), {
          ...{ environment, retain: true, key, restored },
        })
      : original
    this.ledger = inService.ledger
    this.people = inService.people
    this.cursors = inService.cursors
    this.crossReferences = inService.crossReferences
    this.stock = inService.stock
    this.idempotency = inService.idempotency

    const days = new Set(deployment.connections.map(({ rawDays }) => rawDays))
    this.raw = new RawMessages(this, 'RawMessages', { retain, days: [...days].toSorted(byNumber) })
    this.files = new ExchangedFiles(this, 'Files', { retain })
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: `crossdock-${environment}`,
      description: 'What happened to orders, and what is asked of systems.',
    })
    this.exportAll(original, key)
  }

  /**
   * Exports are the same under all settings, used or not: CloudFormation refuses to delete one that the deployed version of another
   * stack still imports, so that a setting could be added but not removed.
   */
  private exportAll({ ledger, stock }: ReturnType<typeof tables>, key: Key): void {
    const { raw, files, bus } = this
    for (const { bucket } of [raw, files]) {
      this.exportValue(bucket.bucketName)
      this.exportValue(bucket.bucketArn)
    }
    this.exportValue(ledger.streamArn)
    this.exportValue(stock.streamArn)
    this.exportValue(key.keyArn)
    this.exportValue(bus.eventBusName)
    this.exportValue(bus.eventBusArn)
  }
}

/** What is restored together, to one moment. */
const tables = (scope: Construct, { key, ...set }: TableSet & { readonly key: Key }) => ({
  ledger: new Ledger(scope, 'Ledger', set),
  people: new People(scope, 'People', { ...set, key }),
  cursors: new Cursors(scope, 'Cursors', set),
  crossReferences: new CrossReferences(scope, 'CrossReferences', set),
  stock: new Stock(scope, 'Stock', set),
  // Not restored: what was answered after the moment has to be done again.
  idempotency: new StateTable(scope, 'Idempotency', {
    set: { ...set, retain: false },
    name: 'Idempotency',
    partitionKey: 'id',
    timeToLive: 'expiration',
  }),
})

const byNumber = (a: number, b: number): number => a - b
