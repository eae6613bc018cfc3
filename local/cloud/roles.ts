import { type Model, nameOf } from './model.ts'
import { decide, type Question, readPolicy, type Statement } from './policy.ts'
import type { Refuse } from './refusal.ts'

/** What the identities and the resources of the assembly allow. */
export interface Access {
  /** Whether a role of the assembly may do this: deny by default, an explicit deny wins. */
  role(roleArn: string, question: Question): boolean
  /** Whether a service may do this to a resource, by that resource's own policy. */
  service(service: string, question: Question): boolean
  /** What roles were allowed so far: by calls of their functions, and by the wiring, which AWS sees to in their name. */
  uses(): readonly Use[]
}

/** One thing that was allowed to a role. */
export interface Use extends Question {
  readonly role: string
}

/** Reads every role, policy, queue policy and bucket policy of the model. */
export function readAccess(model: Model, refuse: Refuse): Access {
  const identities = readIdentities(model, refuse)
  const resourcePolicies = readResourcePolicies(model, refuse)
  const uses = new Map<string, Use>()
  return {
    role: (arn, question) => {
      const principal = { arn }
      const own = decide(identities.get(arn) ?? nothing, question, principal)
      const theirs = decide(resourcePolicies, question, principal)
      const allowed = own !== 'deny' && theirs !== 'deny' && (own === 'allow' || theirs === 'allow')
      if (allowed) remember(uses, { role: arn, ...question })
      return allowed
    },
    service: (service, question) => decide(resourcePolicies, question, { service }) === 'allow',
    uses: () => [...uses.values()],
  }
}

/** By the kind of a key, such as `token#…`; orders without number would fill the memory. */
function remember(uses: Map<string, Use>, use: Use): void {
  const keys = use.context?.['dynamodb:leadingkeys'] ?? []
  const kinds = [...new Set(keys.map((key) => key.split('#')[0]))].sort()
  const resource = use.resource.replace(/^(arn:aws:s3:::[^/]+\/[^/]+).*/, '$1')
  uses.set([use.role, use.action, resource, ...kinds].join(' '), use)
}

const nothing: readonly Statement[] = []

const logs = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents']

/**
 * AWS's own managed policies, as far as the laptop serves their actions.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html (2026-11-21)
 */
const awsManaged: Readonly<Record<string, readonly string[]>> = {
  AWSLambdaBasicExecutionRole: logs,
  AWSXRayDaemonWriteAccess: [],
  CloudWatchLambdaInsightsExecutionRolePolicy: [],
  AWSLambdaSQSQueueExecutionRole: [
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    ...logs,
  ],
  AWSLambdaDynamoDBExecutionRole: [
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
    ...logs,
  ],
}

function readIdentities(model: Model, refuse: Refuse): ReadonlyMap<string, readonly Statement[]> {
  const roles = model.of('AWS::IAM::Role')
  const policies = model.of('AWS::IAM::Policy')
  const managed = model.of('AWS::IAM::ManagedPolicy')
  const documents = new Map<string, readonly Statement[]>()
  for (const policy of [...policies, ...managed]) {
    const statements = readPolicy(policy.properties.PolicyDocument, nameOf(policy), refuse)
    documents.set(`${policy.stack}/${policy.id}`, statements)
  }
  const statementsOf = (policy: { readonly stack: string; readonly id: string }) =>
    documents.get(`${policy.stack}/${policy.id}`) ?? []
  return new Map(
    roles.map((role) => {
      const inline = (role.properties.Policies ?? []).flatMap(({ PolicyDocument }) =>
        readPolicy(PolicyDocument, nameOf(role), refuse),
      )
      const attached = [...policies, ...managed]
        .filter(({ properties }) => properties.Roles?.includes(role.attributes.Ref))
        .flatMap(statementsOf)
      const byArn = (role.properties.ManagedPolicyArns ?? []).flatMap((arn) => {
        const own = managed.find(({ attributes }) => attributes.Ref === arn)
        return own ? statementsOf(own) : readAwsManaged(arn, nameOf(role), refuse)
      })
      return [role.attributes['Arn'] ?? '', [...inline, ...attached, ...byArn]]
    }),
  )
}

function readAwsManaged(arn: string, where: string, refuse: Refuse): readonly Statement[] {
  const actions = awsManaged[arn.split('/').at(-1) ?? '']
  if (!actions) {
    refuse(
      `${where}: managed policy ${arn} is not supported (supported: ${Object.keys(awsManaged).join(', ')})`,
    )
    return []
  }
  if (actions.length === 0) return []
  const statement = { Effect: 'Allow', Action: actions, Resource: '*' }
  return readPolicy({ Statement: [statement] }, where, refuse)
}

function readResourcePolicies(model: Model, refuse: Refuse): readonly Statement[] {
  const policies = [...model.of('AWS::SQS::QueuePolicy'), ...model.of('AWS::S3::BucketPolicy')]
  return policies.flatMap((policy) =>
    readPolicy(policy.properties.PolicyDocument, nameOf(policy), refuse),
  )
}
