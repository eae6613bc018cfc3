import { Duration } from 'aws-cdk-lib'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { Env } from '../../functions/answer-privacy-request/env.ts'
import type { Deployment } from '../deployment.ts'
import type { ExchangedFiles } from './exchanged-files.ts'
import { Lane } from './lane.ts'
import type { Ledger } from './ledger.ts'
import type { People } from './people.ts'
import type { RawMessages } from './raw-messages.ts'

export interface PrivacyRequestsProps {
  readonly deployment: Deployment
  readonly state: {
    readonly ledger: Ledger
    readonly people: People
    readonly raw: RawMessages
    readonly files: ExchangedFiles
  }
}

/** Erasure and disclosure: the only function that may search and erase personal data. */
export class PrivacyRequests extends Construct {
  readonly queue: IQueue

  constructor(scope: Construct, id: string, { deployment, state }: PrivacyRequestsProps) {
    super(scope, id)
    const { ledger, people, raw, files } = state
    const { queue, consumer } = new Lane(this, 'Lane', {
      deployment,
      name: 'PrivacyRequests',
      consumer: 'answer-privacy-request',
      env: Env,
      environment: ({ queueUrl }) => ({
        LEDGER_TABLE: ledger.table.tableName,
        PEOPLE_TABLE: people.table.tableName,
        RAW_BUCKET: raw.bucket.bucketName,
        FILES_BUCKET: files.bucket.bucketName,
        PRIVACY_QUEUE_URL: queueUrl,
      }),
      impact: 'Requests to erase or disclose personal data are not carried out.',
      maxConcurrency: 2,
      timeout: Duration.minutes(5),
    })
    this.queue = queue
    ledger.grantCommit(consumer)
    ledger.grantForget(consumer)
    people.grantRead(consumer)
    people.grantErase(consumer)
    raw.grantErase(consumer)
    files.grantErase(consumer, 'disclosures')
    files.grantPut(consumer, 'privacy')
  }
}
