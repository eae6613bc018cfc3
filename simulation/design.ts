import { workers } from '../functions/perform-effects/env.ts'
import { readAssembly } from '../local/cloud/assembly.ts'
import { type Model, readModel } from '../local/cloud/model.ts'
import { type Plan, readPlan } from '../local/cloud/plan.ts'
import { Refused } from '../local/cloud/refusal.ts'
import type { TableDesign } from './tables.ts'

/** What is deployed, read from the synthesized templates. */
export interface Design
  extends Pick<Plan, 'sqsSources' | 'streamSources' | 'rules' | 'schedules' | 'routes'> {
  readonly functions: ReadonlyMap<string, FunctionDesign>
  readonly queues: readonly QueueDesign[]
  readonly tables: readonly TableDesign[]
}

export interface FunctionDesign {
  readonly name: string
  /** Folder under functions/. */
  readonly folder: string
  readonly timeoutMs: number
  readonly environment: Readonly<Record<string, string>>
}

export interface QueueDesign {
  readonly arn: string
  readonly url: string
  readonly visibilitySeconds: number
  readonly inOrder: boolean
  readonly deadLetters?: { readonly arn: string; readonly maxReceives: number }
}

const place = {
  account: '000000000000',
  region: 'us-east-1',
  awsUrl: 'https://aws.example',
  apiUrl: 'https://api.example',
}

/** Throws `Refused` where the laptop's cloud would. */
export function readDesign(assembly: string): Design {
  const reasons: string[] = []
  const refuse = (reason: string) => {
    reasons.push(reason)
  }
  const model = readModel(readAssembly(assembly), place, refuse)
  const plan = readPlan(model, refuse)
  if (reasons.length > 0) throw new Refused(reasons)
  return {
    ...plan,
    functions: new Map(functionsIn(model).map((each) => [each.name, each])),
    queues: queuesIn(model),
    tables: tablesIn(model),
  }
}

/** Lanes' workers are one function under several names. */
const folderOf = (service: string): string =>
  Object.values<string>(workers).includes(service) ? 'perform-effects' : service

const functionsIn = (model: Model): readonly FunctionDesign[] =>
  model.of('AWS::Lambda::Function').map(({ attributes, properties }) => {
    const environment = properties.Environment?.Variables ?? {}
    return {
      name: attributes.Ref,
      folder: folderOf(environment['POWERTOOLS_SERVICE_NAME'] ?? ''),
      timeoutMs: (properties.Timeout ?? 3) * 1000,
      environment,
    }
  })

const queuesIn = (model: Model): readonly QueueDesign[] =>
  model.of('AWS::SQS::Queue').map(({ attributes, properties }) => {
    const redrive = properties.RedrivePolicy
    return {
      arn: attributes['Arn'] ?? '',
      url: attributes.Ref,
      visibilitySeconds: properties.VisibilityTimeout ?? 30,
      inOrder: properties.FifoQueue === true,
      ...(redrive && {
        deadLetters: { arn: redrive.deadLetterTargetArn, maxReceives: redrive.maxReceiveCount },
      }),
    }
  })

const tablesIn = (model: Model): readonly TableDesign[] =>
  model.of('AWS::DynamoDB::GlobalTable').map(({ attributes, properties }) => ({
    name: attributes.Ref,
    key: keyIn(properties.KeySchema),
    indexes: Object.fromEntries(
      (properties.GlobalSecondaryIndexes ?? []).map((index) => [
        index.IndexName,
        keyIn(index.KeySchema),
      ]),
    ),
    ...(properties.StreamSpecification && { streamArn: attributes['StreamArn'] ?? '' }),
  }))

function keyIn(
  schema: readonly { readonly AttributeName: string; readonly KeyType: string }[],
): TableDesign['key'] {
  const named = (type: string) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName
  const range = named('RANGE')
  return { hash: named('HASH') ?? '', ...(range !== undefined && { range }) }
}
