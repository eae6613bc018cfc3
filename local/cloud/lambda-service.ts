import type { AsyncInvoker } from './async-invoke.ts'
import type { Place } from './attributes.ts'
import { type AwsCall, type AwsService, jsonAnswer, jsonError } from './aws-call.ts'
import type { LambdaPool } from './lambda-pool.ts'

/** Lambda's `Invoke` and `GetAccountSettings`, for an operator. */
export function lambdaService(given: {
  readonly pool: LambdaPool
  readonly functions: AsyncInvoker
  readonly place: Place
}): AwsService {
  return {
    needs: (call) => [
      {
        action: 'lambda:InvokeFunction',
        resource: `arn:aws:lambda:${given.place.region}:${given.place.account}:function:${functionOf(call)}`,
      },
    ],
    denied: (message) => jsonError('AccessDeniedException', message, 403),
    answer: async (call) => {
      if (call.url.includes('/account-settings')) {
        return jsonAnswer(200, { AccountLimit: { ConcurrentExecutions: 1000 } })
      }
      const name = functionOf(call)
      const payload = call.body.length > 0 ? call.body.toString() : '{}'
      if (call.headers['x-amz-invocation-type'] === 'Event') {
        given.functions.accept(name, payload)
        return { status: 202, headers: {}, body: '' }
      }
      const invoked = await given.pool.invoke(name, payload)
      const headers = { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST' }
      if (invoked.ok) return { status: 200, headers, body: invoked.payload }
      return {
        status: 200,
        headers: { ...headers, 'x-amz-function-error': 'Unhandled' },
        body: JSON.stringify(invoked.error),
      }
    },
  }
}

/** `/2015-03-31/functions/<name or ARN>/invocations`. */
function functionOf({ url }: AwsCall): string {
  const reference = decodeURIComponent(/\/functions\/([^/]+)\/invocations/.exec(url)?.[1] ?? '')
  return /function:([^:]+)/.exec(reference)?.[1] ?? reference
}
