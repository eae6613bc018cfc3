import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { build } from '../../local/build.ts'
import { troubles } from '../../local/demo/troubles.ts'
import { type OpenedHub, open, root } from './support/open-hub.ts'
import { eventually } from './support/outside.ts'
import { sold } from './support/sold.ts'

let assembly: string
let hub: OpenedHub
beforeAll(async () => {
  assembly = without('dynamodb:PutItem', await build(root))
  hub = await open({ assembly })
})
afterAll(async () => {
  await hub.hub.close()
  rmSync(assembly, { recursive: true })
})

test('a grant that a template lacks is named with the function, the action and the resource', async () => {
  const order = sold()
  await hub.place(order)
  const denied = await eventually('a denial', async () =>
    hub.happenings.find(({ kind }) => kind === 'denied'),
  )
  expect(denied).toMatchObject({
    function: expect.stringContaining('IntakeConsumer'),
    action: 'dynamodb:PutItem',
    resource: expect.stringMatching(/^arn:aws:dynamodb:.*table\/.*Ledger/),
  })
  expect(await hub.head(order)).toBeUndefined()
})

test('and told to the person at the terminal once, however often it happens', () => {
  const lines: string[] = []
  const tell = troubles((line) => lines.push(line))
  for (const happening of [...hub.happenings, ...hub.happenings]) tell(happening)
  expect(lines.filter((line) => line.includes('may not dynamodb:PutItem'))).toEqual([
    expect.stringMatching(/IntakeConsumer\S* may not dynamodb:PutItem: .*table\/\S*Ledger/),
  ])
})

const Statement = z.looseObject({ Action: z.union([z.string(), z.array(z.string())]) })
const Policy = z.looseObject({
  Type: z.literal('AWS::IAM::Policy'),
  Properties: z.looseObject({
    PolicyDocument: z.looseObject({ Statement: z.array(Statement) }),
  }),
})
const Template = z.looseObject({ Resources: z.record(z.string(), z.looseObject({})) })

/** A copy of the assembly in which no role of the intake may do this. */
function without(action: string, original: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'crossdock-assembly-'))
  cpSync(original, copy, { recursive: true })
  const stage = join(copy, 'assembly-Crossdock-demo')
  const file = readdirSync(stage).find((name) => /Core.*\.template\.json$/.test(name))
  const path = join(stage, file ?? '')
  const template = Template.parse(JSON.parse(readFileSync(path, 'utf8')))
  const Resources = Object.fromEntries(
    Object.entries(template.Resources).map(([id, resource]) => [
      id,
      id.startsWith('Intake') ? lacking(action, resource) : resource,
    ]),
  )
  writeFileSync(path, JSON.stringify({ ...template, Resources }))
  return copy
}

function lacking(action: string, resource: unknown): unknown {
  const policy = Policy.safeParse(resource)
  if (!policy.success) return resource
  const { Properties } = policy.data
  const { PolicyDocument } = Properties
  const statements = PolicyDocument.Statement.map((statement) => ({
    ...statement,
    Action: [statement.Action].flat().filter((one) => one !== action),
  })).filter(({ Action }) => Action.length > 0)
  return {
    ...policy.data,
    Properties: { ...Properties, PolicyDocument: { ...PolicyDocument, Statement: statements } },
  }
}
