import { createHash } from 'node:crypto'
import type { ResourceType } from './supported.ts'

/** Where the cloud pretends to be, and where it listens. */
export interface Place {
  readonly account: string
  readonly region: string
  /** Address of the AWS gateway, without a path. */
  readonly awsUrl: string
  /** Address of the front door. */
  readonly apiUrl: string
}

/** What a resource answers to `Ref` (under that name) and to `Fn::GetAtt`. */
export type Attributes = Readonly<Record<string, string>> & { readonly Ref: string }

/** One resource before its properties are resolved. */
export interface Named {
  readonly stack: string
  readonly id: string
  readonly type: ResourceType
  /** The value of a property that may hold a name. */
  readonly given: (property: string) => string | undefined
}

/** The attributes of a resource; its physical name is stable from one start to the next. */
export function attributesOf(resource: Named, place: Place): Attributes {
  return tables[resource.type](resource, place)
}

const tables: Readonly<Record<ResourceType, (resource: Named, place: Place) => Attributes>> = {
  'AWS::DynamoDB::GlobalTable': (resource, place) => {
    const name = resource.given('TableName') ?? physicalName(resource, 255)
    const arn = arnOf(place, 'dynamodb', `table/${name}`)
    return { Ref: name, Arn: arn, StreamArn: `${arn}/stream/local`, TableId: name }
  },
  'AWS::SQS::Queue': (resource, place) => {
    const isFifo = resource.given('FifoQueue') === 'true'
    const name =
      resource.given('QueueName') ?? (isFifo ? fifoName(resource) : physicalName(resource, 80))
    const url = `${place.awsUrl}/${place.account}/${name}`
    return { Ref: url, QueueUrl: url, Arn: arnOf(place, 'sqs', name), QueueName: name }
  },
  'AWS::Lambda::Function': (resource, place) => {
    const name = resource.given('FunctionName') ?? physicalName(resource, 64)
    return { Ref: name, Arn: arnOf(place, 'lambda', `function:${name}`) }
  },
  'AWS::Events::EventBus': (resource, place) => {
    const name = resource.given('Name') ?? physicalName(resource, 256)
    return { Ref: name, Name: name, Arn: arnOf(place, 'events', `event-bus/${name}`) }
  },
  'AWS::Events::Rule': (resource, place) => {
    const name = resource.given('Name') ?? physicalName(resource, 64)
    const bus = resource.given('EventBusName')?.split('/').at(-1)
    const path = bus === undefined || bus === 'default' ? name : `${bus}/${name}`
    return { Ref: path.replace('/', '|'), Arn: arnOf(place, 'events', `rule/${path}`) }
  },
  'AWS::ApiGatewayV2::Api': (resource, place) => {
    const id = shortId(resource)
    return { Ref: id, ApiId: id, ApiEndpoint: place.apiUrl }
  },
  'AWS::ApiGatewayV2::Stage': (resource) => ({ Ref: resource.given('StageName') ?? '$default' }),
  'AWS::ApiGatewayV2::Route': (resource) => ({
    Ref: shortId(resource),
    RouteId: shortId(resource),
  }),
  'AWS::ApiGatewayV2::Integration': (resource) => ({
    Ref: shortId(resource),
    IntegrationId: shortId(resource),
  }),
  'AWS::ApiGatewayV2::Authorizer': (resource) => ({
    Ref: shortId(resource),
    AuthorizerId: shortId(resource),
  }),
  'AWS::Scheduler::Schedule': (resource, place) => {
    const name = resource.given('Name') ?? physicalName(resource, 64)
    const group = resource.given('GroupName') ?? 'default'
    return { Ref: name, Arn: arnOf(place, 'scheduler', `schedule/${group}/${name}`) }
  },
  'AWS::Scheduler::ScheduleGroup': (resource, place) => {
    const name = resource.given('Name') ?? physicalName(resource, 64)
    return { Ref: name, Arn: arnOf(place, 'scheduler', `schedule-group/${name}`) }
  },
  'AWS::S3::Bucket': (resource) => {
    const name = resource.given('BucketName') ?? physicalName(resource, 63).toLowerCase()
    return {
      Ref: name,
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.amazonaws.com`,
    }
  },
  'AWS::KMS::Key': (resource, place) => {
    const id = shortId(resource)
    return { Ref: id, KeyId: id, Arn: arnOf(place, 'kms', `key/${id}`) }
  },
  'AWS::KMS::Alias': (resource) => ({ Ref: resource.given('AliasName') ?? shortId(resource) }),
  'AWS::IAM::Role': (resource, place) => {
    const name = resource.given('RoleName') ?? physicalName(resource, 64)
    return { Ref: name, RoleId: name, Arn: `arn:aws:iam::${place.account}:role/${name}` }
  },
  'AWS::IAM::Policy': (resource) => ({ Ref: resource.id, Id: resource.id }),
  'AWS::IAM::ManagedPolicy': (resource, place) => {
    const name = resource.given('ManagedPolicyName') ?? physicalName(resource, 128)
    const arn = `arn:aws:iam::${place.account}:policy/${name}`
    return { Ref: arn, PolicyArn: arn }
  },
  'AWS::Logs::LogGroup': (resource, place) => {
    const name = resource.given('LogGroupName') ?? physicalName(resource, 512)
    return { Ref: name, Arn: `${arnOf(place, 'logs', `log-group:${name}`)}:*` }
  },
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::CompositeAlarm': alarm,
  'AWS::CloudWatch::Dashboard': (resource) => ({
    Ref: resource.given('DashboardName') ?? physicalName(resource, 255),
  }),
  'AWS::SNS::Topic': (resource, place) => {
    const name = resource.given('TopicName') ?? physicalName(resource, 256)
    const arn = arnOf(place, 'sns', name)
    return { Ref: arn, TopicArn: arn, TopicName: name }
  },
  'AWS::Lambda::EventSourceMapping': (resource, place) => ({
    Ref: shortId(resource),
    Id: shortId(resource),
    EventSourceMappingArn: arnOf(place, 'lambda', `event-source-mapping:${shortId(resource)}`),
  }),
  'AWS::Lambda::Permission': nameless,
  'AWS::Lambda::EventInvokeConfig': nameless,
  'AWS::SQS::QueuePolicy': nameless,
  'AWS::S3::BucketPolicy': nameless,
  'AWS::SNS::TopicPolicy': nameless,
  'AWS::CDK::Metadata': nameless,
}

function alarm(resource: Named, place: Place): Attributes {
  const name = resource.given('AlarmName') ?? physicalName(resource, 255)
  return { Ref: name, Arn: arnOf(place, 'cloudwatch', `alarm:${name}`) }
}

function nameless(resource: Named): Attributes {
  return { Ref: resource.id, Id: resource.id }
}

function arnOf(place: Place, service: string, path: string): string {
  return `arn:aws:${service}:${place.region}:${place.account}:${path}`
}

/** As CloudFormation names things, but without a random part: a restart must find its data again. */
function physicalName(resource: Named, limit: number): string {
  const name = `${resource.stack}-${resource.id}`
  if (name.length <= limit) return name
  return `${name.slice(0, limit - 9)}-${shortId(resource).slice(0, 8)}`
}

/** CloudFormation does not shorten the names that it generates for FIFO queues. */
function fifoName(resource: Named): string {
  const name = `${resource.stack}-${resource.id}-${shortId(resource)}.fifo`
  if (name.length <= 80) return name
  throw new Error(`its generated name ${name} has ${name.length} characters; SQS allows at most 80`)
}

function shortId(resource: Named): string {
  return createHash('sha256').update(`${resource.stack}/${resource.id}`).digest('hex').slice(0, 12)
}
