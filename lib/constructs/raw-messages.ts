import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { z } from 'zod'
import { rawRoom } from '../../schemas/raw-message-prefix.ts'
import { acknowledgeWildcard } from './acknowledge-wildcard.ts'
import type { CrossdockFunction } from './crossdock-function.ts'

export interface RawMessagesProps {
  readonly retain: boolean
  /** Days until a message is deleted, one number for each time that connections' messages are kept. */
  readonly days: readonly number[]
}

/** Every message as it arrived, gzipped, by date: what a replay reads, and evidence. */
export class RawMessages extends Construct {
  readonly bucket: Bucket

  constructor(scope: Construct, id: string, { retain, days }: RawMessagesProps) {
    super(scope, id)
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // Evidence that was written over by mistake can be had back for a week.
      versioned: true,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      lifecycleRules: [
        {
          // Also what lies under a number that the settings do not have any more.
          expiration: Duration.days(Math.max(...days)),
          // What was erased is gone for good when it is gone from the backups of the people.
          noncurrentVersionExpiration: Duration.days(7),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
        ...days.map((each) => ({
          prefix: `${rawRoom}${each}/`,
          expiration: Duration.days(each),
        })),
      ],
    })
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'CloudTrail data events record who read what; an access-log bucket would be one more bucket of names to protect.',
    })
  }

  /** Adds messages; never reads one. */
  grantPut<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    const reason = "A message's name is not known in advance; the role may only add objects."
    this.allow(to, ['s3:PutObject'], reason)
  }

  /** Finds messages and writes them again without what is in them; deletes none. */
  grantErase<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    to.allow(['s3:ListBucket'], [Stack.of(this).exportValue(this.bucket.bucketArn)])
    const reason = 'A customer can request the erasure of their data in any message.'
    this.allow(to, ['s3:GetObject', 's3:PutObject'], reason)
  }

  private allow<E extends z.ZodObject>(
    to: CrossdockFunction<E>,
    actions: readonly string[],
    reason: string,
  ): void {
    const arn = Stack.of(this).exportValue(this.bucket.bucketArn)
    const pattern = `${arn}/${rawRoom}*`
    to.allow(actions, [pattern])
    acknowledgeWildcard(to.role, pattern, reason)
  }
}
