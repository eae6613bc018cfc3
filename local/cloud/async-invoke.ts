import type { Faults } from './faults.ts'
import type { Observe } from './happening.ts'
import type { Invoked, LambdaPool } from './lambda-pool.ts'
import type { Queues } from './queues.ts'
import type { TimeScale } from './time-scale.ts'

/** What a function's template says of its asynchronous invocations. */
export interface AsyncSettings {
  readonly functionArn: string
  /** 0 to 2. */
  readonly maxRetries: number
  /** Seconds of the cloud. */
  readonly maxAge: number
  /** ARN of the queue that gets a record of the invocation. */
  readonly onFailure: string | undefined
  /** ARN of the queue that gets the event itself. */
  readonly deadLetters: string | undefined
}

export interface AsyncInvoker {
  /** Takes an event for a function and sees to it, as Lambda's own queue does. */
  accept(functionName: string, payload: string): void
  busy(): boolean
}

/** Retries failed asynchronous invocations after one and two minutes, then gives them to their destination. */
export function asyncInvoker(given: {
  readonly pool: LambdaPool
  readonly queues: Queues
  readonly settings: ReadonlyMap<string, AsyncSettings>
  readonly time: TimeScale
  readonly observe: Observe
  readonly faults: Faults
  readonly signal: AbortSignal
}): AsyncInvoker {
  let open = 0
  const see = async (functionName: string, payload: string): Promise<void> => {
    const settings = given.settings.get(functionName)
    const since = Date.now()
    for (let attempt = 0; !given.signal.aborted; attempt += 1) {
      const invoked = await given.pool.invoke(functionName, payload)
      if (invoked.ok || given.signal.aborted || !settings) return
      const tooOld = Date.now() - since > given.time.ms(settings.maxAge * 1_000)
      if (attempt >= settings.maxRetries || tooOld) {
        return giveUp(settings, { payload, invoked, attempts: attempt + 1 }, given)
      }
      await given.time.wait(60_000 * (attempt + 1), given.signal)
    }
  }
  const take = (functionName: string, payload: string): void => {
    open += 1
    see(functionName, payload)
      .catch((error: Error) =>
        given.observe({ kind: 'trouble', where: functionName, message: error.message }),
      )
      .finally(() => {
        open -= 1
      })
  }
  return {
    accept: (functionName, payload) => {
      if (given.faults.strikes('invoked twice', functionName)) take(functionName, payload)
      take(functionName, payload)
    },
    busy: () => open > 0,
  }
}

function giveUp(
  settings: AsyncSettings,
  failure: { readonly payload: string; readonly invoked: Invoked; readonly attempts: number },
  given: { readonly queues: Queues; readonly observe: Observe },
): void {
  const error = failure.invoked.ok ? undefined : failure.invoked.error
  const reason = error?.errorMessage ?? ''
  const tell = (to: string, messageId: string) =>
    given.observe({ kind: 'dead-letter', from: settings.functionArn, to, messageId, reason })
  if (settings.onFailure !== undefined) {
    const body = JSON.stringify({
      version: '1.0',
      timestamp: new Date().toISOString(),
      requestContext: {
        requestId: failure.invoked.requestId,
        functionArn: `${settings.functionArn}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: failure.attempts,
      },
      requestPayload: JSON.parse(failure.payload),
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: error,
    })
    tell(settings.onFailure, given.queues.send(settings.onFailure, { body }))
  }
  if (settings.deadLetters !== undefined) {
    const attributes = {
      RequestID: { DataType: 'String', StringValue: failure.invoked.requestId },
      ErrorCode: { DataType: 'Number', StringValue: '200' },
      ErrorMessage: { DataType: 'String', StringValue: reason.slice(0, 1_024) || 'failed' },
    }
    const outgoing = { body: failure.payload, attributes }
    tell(settings.deadLetters, given.queues.send(settings.deadLetters, outgoing))
  }
}
