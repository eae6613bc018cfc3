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
export const attributesOf = (resource: Named, place: Place): Attributes =>
  attributes[resource.type](resource, place)

type Attribute = (resource: Named, place: Place) => Attributes

const nameless: Attribute = ({ id }) => ({ Ref: id, Id: id })

/** Known by an id, under `Ref` and another attribute. */
const identified =
  (attribute: string): Attribute =>
  (resource) => ({ Ref: shortId(resource), [attribute]: shortId(resource) })

/** Known by the name that a property gives or that is made up, of at most so many characters; `path` begins the last part of its ARN. */
const named =
  (property: string, most: number, [service, path]: readonly [string, string]): Attribute =>
  (resource, place) => {
    const name = resource.given(property) ?? physicalName(resource, most)
    return { Ref: name, Arn: arnOf(place, service, `${path}${name}`) }
  }

const attributes: Readonly<Record<ResourceType, Attribute>> = {
  'AWS::DynamoDB::GlobalTable': (resource, place) => {
    const { Ref, Arn = '' } = named('TableName', 255, ['dynamodb', 'table/'])(resource, place)
    return { Ref, Arn, StreamArn: `${Arn}/stream/local`, TableId: Ref }
  },
  'AWS::SQS::Queue': (resource, place) => {
    const isFifo = resource.given('FifoQueue') === 'true'
    const name =
      resource.given('QueueName') ?? (isFifo ? fifoName(resource) : physicalName(resource, 80))
    const url = `${place.awsUrl}/${place.account}/${name}`
    return { Ref: url, QueueUrl: url, Arn: arnOf(place, 'sqs', name), QueueName: name }
  },
  'AWS::Lambda::Function': named('FunctionName', 64, ['lambda', 'function:']),
  'AWS::Events::EventBus': (resource, place) => {
    const bus = named('Name', 256, ['events', 'event-bus/'])(resource, place)
    return { ...bus, Name: bus.Ref }
  },
  'AWS::Events::Rule': (resource, place) => {
    const name = resource.given('Name') ?? physicalName(resource, 64)
    const bus = resource.given('EventBusName')?.split('/').at(-1)
    const path = bus === undefined || bus === 'default' ? name : `${bus}/${name}`
    return { Ref: path.replace('/', '|'), Arn: arnOf(place, 'events', `rule/${path}`) }
  },
  'AWS::ApiGatewayV2::Api': (resource, { apiUrl }) => {
    const id = shortId(resource)
    return { Ref: id, ApiId: id, ApiEndpoint: apiUrl }
  },
  'AWS::ApiGatewayV2::Stage': (resource) => ({ Ref: resource.given('StageName') ?? '$default' }),
  'AWS::ApiGatewayV2::Route': identified('RouteId'),
  'AWS::ApiGatewayV2::Integration': identified('IntegrationId'),
  'AWS::ApiGatewayV2::Authorizer': identified('AuthorizerId'),
  'AWS::Scheduler::Schedule': (resource, place) => {
    const group = resource.given('GroupName') ?? 'default'
    return named('Name', 64, ['scheduler', `schedule/${group}/`])(resource, place)
  },
  'AWS::Scheduler::ScheduleGroup': named('Name', 64, ['scheduler', 'schedule-group/']),
  'AWS::S3::Bucket': (resource) => {
    const name = resource.given('BucketName') ?? physicalName(resource, 63).toLowerCase()
    const DomainName = `${name}.s3.amazonaws.com`
    return { Ref: name, Arn: `arn:aws:s3:::${name}`, DomainName, RegionalDomainName: DomainName }
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
  'AWS::IAM::Policy': nameless,
  'AWS::IAM::ManagedPolicy': (resource, place) => {
    const name = resource.given('ManagedPolicyName') ?? physicalName(resource, 128)
    const arn = `arn:aws:iam::${place.account}:policy/${name}`
    return { Ref: arn, PolicyArn: arn }
  },
  'AWS::Logs::LogGroup': (resource, place) => {
    const group = named('LogGroupName', 512, ['logs', 'log-group:'])(resource, place)
    return { ...group, Arn: `${group['Arn']}:*` }
  },
  'AWS::CloudWatch::Alarm': named('AlarmName', 255, ['cloudwatch', 'alarm:']),
  'AWS::CloudWatch::CompositeAlarm': named('AlarmName', 255, ['cloudwatch', 'alarm:']),
  'AWS::CloudWatch::Dashboard': named('DashboardName', 255, ['cloudwatch', 'dashboard/']),
  'AWS::SNS::Topic': (resource, place) => {
    const name = resource.given('TopicName') ?? physicalName(resource, 256)
    const arn = arnOf(place, 'sns', name)
    return { Ref: arn, TopicArn: arn, TopicName: name }
  },
  'AWS::Lambda::EventSourceMapping': (resource, place) => {
    const id = shortId(resource)
    const EventSourceMappingArn = arnOf(place, 'lambda', `event-source-mapping:${id}`)
    return { Ref: id, Id: id, EventSourceMappingArn }
  },
  'AWS::Lambda::Permission': nameless,
  'AWS::Lambda::EventInvokeConfig': nameless,
  'AWS::SQS::QueuePolicy': nameless,
  'AWS::S3::BucketPolicy': nameless,
  'AWS::SNS::TopicPolicy': nameless,
  'AWS::CDK::Metadata': nameless,
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
