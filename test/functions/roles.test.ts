import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { serveApi } from '../../functions/serve-api/serve-api.ts'
import type { ServeApiDeps } from '../../functions/serve-api/serve-api-deps.ts'
import { endpoints } from '../../schemas/api/endpoints.ts'
import { roles } from '../../schemas/api/roles.ts'
import { start } from '../support/orders.ts'
import { mayCall, permissions } from '../support/permissions.ts'

/** Nothing behind the function answers: a permitted request ends in 400, 404 or 500, or in the description. */
const deps = {
  trace: () => 'trace',
  clock: () => new Date(start),
  describe: () => ({ openapi: '3.1.0' }),
  log: () => {},
  complain: () => {},
} as unknown as ServeApiDeps

async function ask(
  name: keyof typeof endpoints,
  claims: object,
  { body = {}, query = '' }: { body?: unknown; query?: string | undefined } = {},
) {
  const { method, path } = endpoints[name]
  const event = {
    rawPath: path.replace('{id}', 'a_b_c').replaceAll(/\{\w+\}/g, 'x'),
    rawQueryString: query,
    headers: { 'content-type': 'application/json', 'idempotency-key': 'one', 'x-purpose': 'help' },
    requestContext: {
      http: { method },
      authorizer: { jwt: { claims: { sub: 'jane', ...claims } } },
    },
    body: JSON.stringify(body),
    isBase64Encoded: false,
    // What API Gateway sends besides is not read.
  } as unknown as APIGatewayProxyEventV2
  const { body: said = '{}', statusCode } = await serveApi(event, deps)
  return { statusCode, ...JSON.parse(said) }
}

test('the table has every endpoint', () => {
  expect(new Set(permissions.map(({ name }) => name))).toEqual(new Set(Object.keys(endpoints)))
})

describe.each(permissions)('$name is for $who: $body $query', ({ name, who, body, query }) => {
  test.each(roles)('as %s', async (role) => {
    const answer = await ask(name, { scope: `openid crossdock/${role}` }, { body, query })
    const isAllowed = mayCall(who, role)
    expect([role, answer.statusCode !== 403]).toEqual([role, isAllowed])
    if (isAllowed) return
    expect(answer.type).toBe('docs/api.md#role-missing')
    expect(answer.errors[0].fix).toContain('crossdock/admin')
  })
})

test.each([
  [{}, 403],
  [{ scope: 'viewer' }, 403],
  [{ scope: 'crossdock/viewers' }, 403],
  [{ scp: '[openid crossdock/viewer]' }, 200],
  [{ scope: 'openid', scp: 'crossdock/viewer' }, 200],
])('a token with %j gets %i', async (claims, status) => {
  expect((await ask('readDescription', claims)).statusCode).toBe(status)
})

test('roles add up', async () => {
  const scope = 'crossdock/viewer crossdock/finance'
  const { type } = await ask(
    'giveCommand',
    { scope },
    {
      body: { do: 'resolve', code: 'money-kept', subject: 'order', note: 'done' },
    },
  )
  expect(type).not.toBe('docs/api.md#role-missing')
})
