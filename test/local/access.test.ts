import { rmSync } from 'node:fs'
import { decide, readPolicy } from '../../local/cloud/policy.ts'
import { changed, startTrial, type Trial, trialAssembly } from './support/trial.ts'

describe('a function may do what its role allows and nothing else', () => {
  let assembly: string
  let trial: Trial

  beforeAll(async () => {
    // The grant that makes the transaction's puts legal is taken away; everything else stays.
    assembly = changed(await trialAssembly(), 'Work', ({ Resources }) => {
      for (const { Type, Properties } of Object.values(Resources)) {
        if (Type !== 'AWS::IAM::Policy') continue
        for (const statement of Properties.PolicyDocument.Statement) {
          if (!Array.isArray(statement.Action)) continue
          statement.Action = statement.Action.filter(
            (action: string) => action !== 'dynamodb:PutItem',
          )
        }
      }
    })
    trial = await startTrial({ assembly })
  })
  afterAll(async () => {
    await trial.close()
    rmSync(assembly, { recursive: true })
  })

  test('a missing grant fails and names the action and the resource', async () => {
    await trial.webhook({ id: 'order-1' })
    const denied = await trial.until('a refusal', () =>
      trial.happenings.find(({ kind }) => kind === 'denied'),
    )
    expect(denied).toMatchObject({
      function: trial.name('Transform'),
      action: 'dynamodb:PutItem',
      resource: trial.arn('Ledger'),
    })
    const thrown = await trial.until('its exception', () =>
      trial.happenings.find(
        (happening) => happening.kind === 'log' && happening.line.includes('AccessDenied'),
      ),
    )
    expect(thrown).toMatchObject({
      line: expect.stringContaining(
        `AccessDeniedException User: arn:aws:sts::000000000000:assumed-role/`,
      ),
    })
  })

  test("another function's grant does not apply", async () => {
    await trial.webhook({ do: 'trespass', table: 'somebody-elses', id: 'x' })
    await trial.until('a refusal', () =>
      trial.happenings.find(
        (happening) =>
          happening.kind === 'denied' &&
          happening.action === 'dynamodb:Scan' &&
          happening.resource.endsWith('table/somebody-elses'),
      ),
    )
  })
})

describe('a policy', () => {
  const reasons: string[] = []
  const statements = (...list: object[]) =>
    readPolicy({ Version: '2012-10-17', Statement: list }, 'here', (reason) => reasons.push(reason))
  const ask = (action: string, resource: string, context = {}) => ({ action, resource, context })
  const me = { arn: 'arn:aws:iam::1:role/me' }
  const read = { Effect: 'Allow', Action: ['dynamodb:Get*'], Resource: 'arn:t/*' }

  test('says nothing by default and matches with wildcards', () => {
    expect(decide(statements(), ask('sqs:SendMessage', 'q'), me)).toBe('silent')
    expect(decide(statements(read), ask('dynamodb:GetItem', 'arn:t/1'), me)).toBe('allow')
    expect(decide(statements(read), ask('dynamodb:getitem', 'arn:t/1'), me)).toBe('allow')
    expect(decide(statements(read), ask('dynamodb:PutItem', 'arn:t/1'), me)).toBe('silent')
    expect(decide(statements(read), ask('dynamodb:GetItem', 'arn:u/1'), me)).toBe('silent')
  })

  test('denies before it allows', () => {
    const never = { Effect: 'Deny', Action: '*', Resource: 'arn:t/secret' }
    expect(decide(statements(read, never), ask('dynamodb:GetItem', 'arn:t/secret'), me)).toBe(
      'deny',
    )
    expect(decide(statements(read, never), ask('dynamodb:GetItem', 'arn:t/1'), me)).toBe('allow')
  })

  test('narrows a table to leading keys', () => {
    const keys = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['token#one', 'limit#*'] } }
    const own = statements({ ...read, Condition: keys })
    const key = (...values: string[]) =>
      decide(own, ask('dynamodb:GetItem', 'arn:t/1', { 'dynamodb:leadingkeys': values }), me)
    expect(key('token#one')).toBe('allow')
    expect(key('token#one', 'limit#7')).toBe('allow')
    expect(key('token#two')).toBe('silent')
    expect(key('token#one', 'token#two')).toBe('silent')
  })

  test('that insists on TLS is satisfied on a laptop', () => {
    const insist = {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'sqs:*',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    }
    expect(decide(statements(insist), ask('sqs:SendMessage', 'q'), me)).toBe('silent')
  })

  test('of a resource lets in the service and the source it names', () => {
    const rule = {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: 'q',
      Condition: { ArnEquals: { 'aws:SourceArn': 'arn:rule' } },
    }
    const from = (source: string, service = 'events.amazonaws.com') =>
      decide(statements(rule), ask('sqs:SendMessage', 'q', { 'aws:sourcearn': [source] }), {
        service,
      })
    expect(from('arn:rule')).toBe('allow')
    expect(from('arn:other')).toBe('silent')
    expect(from('arn:rule', 's3.amazonaws.com')).toBe('silent')
    expect(decide(statements(rule), ask('sqs:SendMessage', 'q'), me)).toBe('silent')
  })

  test('is read without complaint where it is understood', () => {
    expect(reasons).toEqual([])
  })
})
