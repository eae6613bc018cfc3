import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency'
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Context } from 'aws-lambda'
import { err, ok, type Result } from '../../domain/result.ts'

interface Request {
  readonly key: readonly string[]
  readonly body: unknown
}

/** The part of Lambda's context that ends the lock of a dead invocation. */
type Time = Pick<Context, 'getRemainingTimeInMillis'>

const aDay = 86_400

/**
 * Powertools' idempotency for the API: the work of one key is done once, and its answer is remembered for a day. Work
 * that throws is forgotten, so it must be repeatable.
 */
export function onceIn(tableName: string, client: DynamoDBClient) {
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client })
  return (time: Time) =>
    async <T>(request: Request, work: () => Promise<T>): Promise<Result<T, Refused>> => {
      const config = new IdempotencyConfig({
        eventKeyJmesPath: 'key',
        payloadValidationJmesPath: 'body',
        expiresAfterSeconds: aDay,
        throwOnNoIdempotencyKey: true,
        hashFunction: 'sha256',
      })
      // Only the remaining time is used. Without it a lock would outlive its invocation by a day.
      config.registerLambdaContext(time as Context)
      try {
        // The result may be the remembered answer: the same JSON that the work returned.
        const once = makeIdempotent(async (_: Request) => work() as Promise<never>, {
          persistenceStore,
          config,
        })
        return ok(await once(request))
      } catch (error) {
        const refused = error instanceof Error ? refusals.get(error.name) : undefined
        if (refused) return err(refused)
        throw error
      }
    }
}

type Refused = 'other-body' | 'in-flight'

const refusals: ReadonlyMap<string, Refused> = new Map([
  ['IdempotencyValidationError', 'other-body'],
  ['IdempotencyAlreadyInProgressError', 'in-flight'],
  ['IdempotencyInconsistentStateError', 'in-flight'],
])
