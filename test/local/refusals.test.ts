import { rmSync } from 'node:fs'
import { startCloud } from '../../local/cloud/cloud.ts'
import { changed, type EditableTemplate, trialAssembly } from './support/trial.ts'

describe('an assembly is refused by name', () => {
  let assembly: string

  beforeAll(async () => {
    assembly = await trialAssembly()
  })

  const find = (template: EditableTemplate, id: string) => {
    const name = Object.keys(template.Resources).find(
      (key) => key.replace(/[0-9A-F]{8}$/, '') === id,
    )
    const resource = template.Resources[name ?? '']
    if (!resource) throw new Error(`no resource ${id}`)
    return resource
  }
  const byType = (template: EditableTemplate, type: string) =>
    Object.values(template.Resources).filter((resource) => resource.Type === type)
  const dropPolicies = (template: EditableTemplate, part: string) => {
    for (const [id, resource] of Object.entries(template.Resources)) {
      if (resource.Type === 'AWS::IAM::Policy' && id.startsWith(part)) delete template.Resources[id]
    }
  }

  test.each<[string, 'State' | 'Work', (template: EditableTemplate) => void, RegExp]>([
    [
      'an unknown resource type',
      'Work',
      ({ Resources }) => {
        Resources['Machine'] = { Type: 'AWS::StepFunctions::StateMachine', Properties: {} }
      },
      /Trial-Work\/Machine \(AWS::StepFunctions::StateMachine\): this resource type is not supported.*AWS::SQS::Queue/,
    ],
    [
      'an unknown property',
      'Work',
      (template) => {
        find(template, 'Transform').Properties.SnapStart = { ApplyOn: 'None' }
      },
      /Trial-Work\/Transform\w+ \(AWS::Lambda::Function\): property SnapStart is not supported.*MemorySize/,
    ],
    [
      'a queue whose name is too long',
      'Work',
      (template) => {
        find(template, 'Intake').Properties.QueueName = 'q'.repeat(81)
      },
      /Trial-Work\/Intake\w+ \(AWS::SQS::Queue\): property QueueName: AWS allows at most 80 characters/,
    ],
    [
      'a FIFO queue whose generated name is too long',
      'Work',
      ({ Resources }) => {
        Resources['Files'.repeat(12)] = { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } }
      },
      /Trial-Work\/(Files){12} \(AWS::SQS::Queue\): its generated name .*\.fifo has 89 characters; SQS allows at most 80/,
    ],
    [
      'an unknown nested property',
      'Work',
      (template) => {
        const [mapping] = byType(template, 'AWS::Lambda::EventSourceMapping')
        if (mapping) mapping.Properties.ScalingConfig.MinimumConcurrency = 2
      },
      /property ScalingConfig\.MinimumConcurrency is not supported/,
    ],
    [
      'an unknown intrinsic',
      'State',
      (template) => {
        find(template, 'Bus').Properties.Name = { 'Fn::Base64': 'x' }
      },
      /Trial-State\/Bus\w+ \(AWS::Events::EventBus\): intrinsic Fn::Base64 is not supported/,
    ],
    [
      'an unknown attribute',
      'Work',
      (template) => {
        find(template, 'Transform').Properties.Environment.Variables.TABLE = {
          'Fn::GetAtt': ['Intake', 'Colour'],
        }
      },
      /it refers to Intake, which does not exist/,
    ],
    [
      'an event pattern with an unknown matcher',
      'Work',
      (template) => {
        find(template, 'ToLane').Properties.EventPattern = {
          detail: { ip: [{ cidr: '10.0.0.0/8' }] },
        }
      },
      /ToLane\w+ \(AWS::Events::Rule\): property EventPattern: detail: ip: matcher cidr is not supported/,
    ],
    [
      'a filter on a queue',
      'Work',
      (template) => {
        const mapping = byType(template, 'AWS::Lambda::EventSourceMapping').find(
          ({ Properties }) => Properties.ScalingConfig,
        )
        if (mapping) mapping.Properties.FilterCriteria = { Filters: [{ Pattern: '{}' }] }
      },
      /property FilterCriteria is not supported on a queue/,
    ],
    [
      'a condition it cannot judge',
      'Work',
      (template) => {
        const [policy] = byType(template, 'AWS::IAM::Policy')
        if (policy) {
          policy.Properties.PolicyDocument.Statement[0].Condition = {
            IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
          }
        }
      },
      /\(AWS::IAM::Policy\): condition operator IpAddress is not supported/,
    ],
    [
      'a queue that its function may not read',
      'Work',
      (template) => dropPolicies(template, 'Transform'),
      /the role of Trial-Work\/Transform\w+ \(AWS::Lambda::Function\) lacks sqs:ReceiveMessage on arn:aws:sqs/,
    ],
    [
      'a stream that its function may not read',
      'Work',
      (template) => dropPolicies(template, 'Publish'),
      /lacks dynamodb:GetRecords on arn:aws:dynamodb/,
    ],
    [
      'a route without permission',
      'Work',
      ({ Resources }) => {
        for (const [id, { Type }] of Object.entries(Resources)) {
          if (Type === 'AWS::Lambda::Permission') delete Resources[id]
        }
      },
      /no AWS::Lambda::Permission lets apigateway\.amazonaws\.com invoke Trial-Work\/Receive/,
    ],
    [
      'an authorizer that is a function',
      'Work',
      ({ Resources }) => {
        Resources['Judge'] = {
          Type: 'AWS::ApiGatewayV2::Authorizer',
          Properties: { ApiId: 'x', AuthorizerType: 'REQUEST', Name: 'judge' },
        }
      },
      /Judge \(AWS::ApiGatewayV2::Authorizer\): property AuthorizerType/,
    ],
    [
      'a route that an authorizer of nowhere guards',
      'Work',
      (template) => {
        const [route] = byType(template, 'AWS::ApiGatewayV2::Route')
        Object.assign(route?.Properties, { AuthorizationType: 'JWT', AuthorizerId: 'nowhere' })
      },
      /\(AWS::ApiGatewayV2::Route\): authorizer nowhere is not one of its API/,
    ],
    [
      'a route of which there are two',
      'Work',
      (template) => {
        const [route] = byType(template, 'AWS::ApiGatewayV2::Route')
        template.Resources['Second'] = structuredClone(route ?? { Type: '', Properties: {} })
      },
      /Second \(AWS::ApiGatewayV2::Route\): route POST \/webhooks.* is taken by/,
    ],
    [
      'a target whose queue policy does not know the rule',
      'Work',
      (template) => {
        for (const [id, { Type }] of Object.entries(template.Resources)) {
          if (Type === 'AWS::SQS::QueuePolicy' && id.startsWith('LanePolicy')) {
            delete template.Resources[id]
          }
        }
      },
      /no queue policy lets events\.amazonaws\.com sqs:SendMessage to arn:aws:sqs.*Lane/,
    ],
    [
      'a schedule whose role may not invoke',
      'Work',
      (template) => dropPolicies(template, 'SchedulerRole'),
      /EveryMinute\w+ \(AWS::Scheduler::Schedule\): role .* lacks lambda:InvokeFunction/,
    ],
    [
      'a function without its bundle',
      'Work',
      (template) => {
        find(template, 'Tick').Properties.Handler = 'main.handler'
      },
      /Tick\w+ \(AWS::Lambda::Function\): property Handler: .* has no main\.cjs/,
    ],
  ])('%s', async (_, stack, change, reason) => {
    const copy = changed(assembly, stack, change)
    try {
      await expect(startCloud({ assembly: copy, secrets: {} })).rejects.toThrow(reason)
    } finally {
      rmSync(copy, { recursive: true })
    }
  })

  test('a directory that is no assembly', async () => {
    await expect(startCloud({ assembly: import.meta.dirname, secrets: {} })).rejects.toThrow(
      'run `cdk synth` first',
    )
  })
})
