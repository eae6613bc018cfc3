import { endpoints } from '../../schemas/api/endpoints.ts'
import { iamRoleName, type Role, roles } from '../../schemas/api/roles.ts'
import { mayCall, permissions } from '../support/permissions.ts'
import { apiOf } from './support/api.ts'
import { type OpenedHub, open } from './support/open-hub.ts'

let hub: OpenedHub
beforeAll(async () => {
  hub = await open()
})
afterAll(() => hub.hub.close())

const signedBy = (name: string) =>
  apiOf({ api: { ...hub.ready.api, accessKeyId: name, secretAccessKey: name } })

const as = (role: Role) => signedBy(iamRoleName('demo', role))

test.each(permissions)('$name is for $who: $body $query', async ({ name, who, body, query }) => {
  const { method, path } = endpoints[name]
  const given = path
    .replace('/v1', '')
    .replace('{id}', 'a_b_c')
    .replaceAll(/\{\w+\}/g, 'x')
  const answers = roles.map(async (role) => {
    const { status } = await as(role).send(method, query ? `${given}?${query}` : given, {
      headers: { 'x-purpose': 'help' },
      ...(method === 'POST' && { body: body ?? {} }),
    })
    return [role, status !== 403]
  })
  expect(await Promise.all(answers)).toEqual(roles.map((role) => [role, mayCall(who, role)]))
})

test('the path is closed by IAM, before the function is asked', async () => {
  const { status, body } = await as('viewer').post('/privacy-requests', {})
  expect([status, body]).toEqual([403, { message: 'Forbidden' }])
})

test('a command is closed by the function, which knows the role by its ARN', async () => {
  const command = { do: 'cancel', reason: 'unwanted' }
  const { status, body } = await as('operator').post('/orders/a_b_c/commands', command)
  expect([status, body]).toMatchObject([403, { type: 'docs/api.md#role-missing' }])
})

test("a function's own role signs nothing here", async () => {
  const { name } =
    hub.hub.cloud.resources().find(({ type }) => type === 'AWS::Lambda::Function') ?? {}
  const role = hub.hub.cloud.grants().find((grant) => grant.role.includes('ServeApi'))?.role
  for (const each of [name, role?.split('/').at(-1), 'nobody']) {
    expect((await signedBy(String(each)).get('/exceptions')).status).toBe(403)
  }
})
