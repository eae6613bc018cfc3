import type { AsyncInvoker } from './async-invoke.ts'
import type { Place } from './attributes.ts'
import { type AwsCall, type AwsService, jsonAnswer, jsonError } from './aws-call.ts'
import type { LambdaPool } from './lambda-pool.ts'

/** STS `GetCallerIdentity`: allowed to everybody, as in AWS. */
export function identityService(place: Place): AwsService {
  return {
    needs: () => [],
    answer: async () => ({
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${place.account}:user/operator</Arn><UserId>operator</UserId><Account>${place.account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    }),
    denied: () => ({ status: 403, headers: { 'content-type': 'text/xml' }, body: '' }),
  }
}

/** Secrets Manager with the given values, by name: reading only. */
export function secretsService(
  secrets: Readonly<Record<string, string>>,
  place: Place,
): AwsService {
  // Secrets Manager ends each ARN with six random characters.
  const arnOf = (name: string) =>
    `arn:aws:secretsmanager:${place.region}:${place.account}:secret:${name}-LoCaL1`
  const nameOf = (id: string) =>
    Object.keys(secrets).find(
      (name) => id === name || id === arnOf(name) || id === bare(arnOf(name)),
    )
  return {
    needs: ({ action, json }) => {
      const id = String(json['SecretId'] ?? '')
      return [{ action: `secretsmanager:${action}`, resource: arnOf(nameOf(id) ?? id) }]
    },
    denied: (message) => jsonError('AccessDeniedException', message),
    answer: async ({ action, json }) => {
      if (action !== 'GetSecretValue' && action !== 'DescribeSecret') {
        return jsonError(
          'InvalidRequestException',
          `${action} is not supported: secrets are read only`,
        )
      }
      const name = nameOf(String(json['SecretId'] ?? ''))
      if (name === undefined) {
        const message = "Secrets Manager can't find the specified secret."
        return jsonError('ResourceNotFoundException', message)
      }
      return jsonAnswer(200, {
        ARN: arnOf(name),
        Name: name,
        ...(action === 'GetSecretValue' ? { SecretString: secrets[name] } : {}),
        VersionId: '00000000-0000-4000-8000-000000000000',
        VersionStages: ['AWSCURRENT'],
      })
    },
  }
}

/** Without the random ending. */
function bare(arn: string): string {
  return arn.slice(0, -'-LoCaL1'.length)
}

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
