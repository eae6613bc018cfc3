import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { z } from 'zod'
import type { CrossdockFunction } from './crossdock-function.ts'

export interface RawMessagesProps {
  readonly retain: boolean
  /** Days until a message is deleted. */
  readonly days: number
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
      // Evidence cannot be written over.
      versioned: true,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      lifecycleRules: [
        {
          expiration: Duration.days(days),
          noncurrentVersionExpiration: Duration.days(30),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    })
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'CloudTrail data events record who read what, without a second bucket of names to guard.',
    })
  }

  /** Adds messages; never reads one. */
  grantPut<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    const arn = Stack.of(this).exportValue(this.bucket.bucketArn)
    to.allow(['s3:PutObject'], [`${arn}/raw/*`])
    Validations.of(to.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${Stack.of(to).resolve(arn)['Fn::ImportValue']}/raw/*]`,
      reason: 'Nobody knows the name of a message before it arrives; it may only be added.',
    })
  }
}
