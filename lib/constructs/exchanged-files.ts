import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { z } from 'zod'
import { acknowledgeWildcard } from './acknowledge-wildcard.ts'
import type { CrossdockFunction } from './crossdock-function.ts'

export interface ExchangedFilesProps {
  readonly retain: boolean
}

/** Days for which what people put in, and what they were answered, can be read again. */
const days = 90

/** Days for which a customer's own data waits to be sent to them. */
const disclosureDays = 30

/** Files that are exchanged with people: `imports/` and `stock/` from them, `results/`, `exports/` and `disclosures/` for them, and proof in `privacy/`. */
export class ExchangedFiles extends Construct {
  readonly bucket: Bucket

  constructor(scope: Construct, id: string, { retain }: ExchangedFilesProps) {
    super(scope, id)
    const old = { abortIncompleteMultipartUploadAfter: Duration.days(1) }
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      lifecycleRules: [
        { noncurrentVersionExpiration: Duration.days(days), ...old },
        { prefix: 'imports/', expiration: Duration.days(days) },
        { prefix: 'stock/', expiration: Duration.days(days) },
        { prefix: 'results/', expiration: Duration.days(days) },
        {
          prefix: 'disclosures/',
          expiration: Duration.days(disclosureDays),
          noncurrentVersionExpiration: Duration.days(7),
        },
      ],
    })
    this.tellEventBridge()
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'CloudTrail data events record who wrote and read what; an access-log bucket would be one more bucket of names to protect.',
    })
  }

  /** `eventBridgeEnabled` of the construct makes a custom resource; CloudFormation has had a property for years. */
  private tellEventBridge(): void {
    const bucket = this.bucket.node.defaultChild
    if (!(bucket instanceof CfnBucket)) throw new Error('a Bucket is no longer a CfnBucket')
    bucket.notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    }
  }

  /** Reads what people put under a prefix. */
  grantRead<E extends z.ZodObject>(to: CrossdockFunction<E>, prefix: 'imports' | 'stock'): void {
    this.allow(to, {
      action: 's3:GetObject',
      prefix,
      reason: 'People choose the names of their files.',
    })
  }

  /** Puts files under a prefix; never reads one. */
  grantPut<E extends z.ZodObject>(
    to: CrossdockFunction<E>,
    prefix: 'results' | 'exports' | 'privacy',
  ): void {
    this.allow(to, { action: 's3:PutObject', prefix, reason: 'A result is named after its file.' })
  }

  /** Puts files under a prefix, finds them again, and writes them anew without what was in them. */
  grantErase<E extends z.ZodObject>(to: CrossdockFunction<E>, prefix: 'disclosures'): void {
    to.allow(['s3:ListBucket'], [Stack.of(this).exportValue(this.bucket.bucketArn)])
    const reason = 'A file is named after the request that it answers.'
    this.allow(to, { action: 's3:GetObject', prefix, reason })
    this.allow(to, { action: 's3:PutObject', prefix, reason })
  }

  private allow<E extends z.ZodObject>(
    to: CrossdockFunction<E>,
    {
      action,
      prefix,
      reason,
    }: { readonly action: string; readonly prefix: string; readonly reason: string },
  ): void {
    const arn = Stack.of(this).exportValue(this.bucket.bucketArn)
    const pattern = `${arn}/${prefix}/*`
    to.allow([action], [pattern])
    acknowledgeWildcard(to.role, pattern, reason)
  }
}
