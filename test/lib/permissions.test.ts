import type { Template } from 'aws-cdk-lib/assertions'
import { stacksIn, synthesized } from '../support/synthesized.ts'

const stacks = [...synthesized('demo')]

test('every role may do what it was granted here, and nothing else', () => {
  expect(
    stacks
      .flatMap(([name, template]) => tableOf(template).map((row) => `${name} ${row}`))
      .toSorted()
      .join('\n'),
  ).toMatchSnapshot()
})

test('a worker reads the secret and the token of its own connection only', () => {
  const rows = tableOf(stacksIn('demo')('Connection-NetsuiteDemoErp'))
  const said = rows.join('\n')
  expect(said).toContain('secret:crossdock/demo/netsuite/demo-erp-??????')
  expect(said).toContain('token#netsuite/demo-erp')
  // What the warehouse calls articles is no secret: whoever moves an order keeps its stock in step.
  expect(said).not.toMatch(/(secret:crossdock\/demo\/|token#|breaker#)(shopify|shipbob)/)
})

/** One line per statement: role, actions, resources, conditions. */
function tableOf(template: Template): string[] {
  return Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) =>
    Properties.PolicyDocument.Statement.map((statement: Statement) =>
      [
        short(Properties.Roles[0]).replace(/Role$/, ''),
        [statement.Action].flat().join(', '),
        [statement.Resource].flat().map(short).join(', '),
        ...(statement.Condition ? [JSON.stringify(statement.Condition)] : []),
      ].join(' | '),
    ),
  )
}

interface Statement {
  readonly Action: string | readonly string[]
  readonly Resource: unknown
  readonly Condition?: unknown
}

/** A reference as a person says it, without the hashes that CDK adds. */
function short(reference: unknown): string {
  if (typeof reference === 'string') return reference
  const [[how, what] = []] = Object.entries(Object(reference))
  if (how === 'Fn::Join') {
    return Object(what)[1]
      .map(short)
      .join('')
      .replace(/^arn:.*:table\/Crossdock-demo-/, 'table ')
  }
  if (how === 'Fn::ImportValue') {
    return String(what).replace(/.*ExportsOutput(Ref|FnGetAtt)(.+)[0-9A-F]{8}$/, (_, __, name) =>
      String(name).replace(/[0-9A-F]{8}/, '.'),
    )
  }
  return [what]
    .flat()
    .join('.')
    .replace(/[0-9A-F]{8}/, '')
}
