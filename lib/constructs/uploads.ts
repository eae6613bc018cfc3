import { Duration } from 'aws-cdk-lib'
import { Rule } from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { undeliveredOf } from './undelivered.ts'

interface Uploads {
  readonly bucket: Bucket
  /** Where people put files. */
  readonly folder: 'imports' | 'stock'
  /** A queue that keeps the order in which they came. */
  readonly queue: IQueue
  readonly description: string
}

/** Notifies a queue of every file uploaded to a folder of the bucket. */
export function uploadsTo(scope: Construct, uploads: Uploads): void {
  const { bucket, folder, queue, description } = uploads
  new Rule(scope, 'Uploads', {
    description,
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: {
        bucket: { name: [bucket.bucketName] },
        object: { key: [{ prefix: `${folder}/` }] },
      },
    },
    targets: [
      new SqsQueue(queue, {
        messageGroupId: folder,
        deadLetterQueue: undeliveredOf(scope),
        maxEventAge: Duration.hours(24),
        retryAttempts: 185,
      }),
    ],
  })
}
