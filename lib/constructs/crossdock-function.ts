import { join } from 'node:path'
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Architecture,
  CfnFunction,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  type RecursiveLoop,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { z } from 'zod'
import type { Network } from '../../schemas/settings.ts'
import type { Deployment } from '../deployment.ts'
import { acknowledgeWildcard } from './acknowledge-wildcard.ts'

export interface CrossdockFunctionProps<E extends z.ZodObject> {
  readonly deployment: Deployment
  /** Folder under functions/. */
  readonly name: string
  /** What logs and metrics call it. @default `name` */
  readonly service?: string
  /** The function's own Env, so that a forgotten variable does not compile. */
  readonly env: E
  readonly environment: z.input<E>
  /** @default 10 seconds */
  readonly timeout?: Duration
  /** @default 512 MB */
  readonly memorySize?: number
  /** Where events go that asynchronous invocations could not handle. @default none: not invoked so */
  readonly failures?: IQueue
  /** @default Lambda stops messages that pass the same function sixteen times */
  readonly recursiveLoop?: RecursiveLoop
}

/** AWS's own policy AWSLambdaVPCAccessExecutionRole, without logs. */
const networkInterfaces = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
]

/** A Lambda function with the house's defaults and a role that may do nothing but write its own log. */
export class CrossdockFunction<E extends z.ZodObject> extends Construct {
  readonly lambda: LambdaFunction
  readonly role: Role

  constructor(scope: Construct, id: string, props: CrossdockFunctionProps<E>) {
    super(scope, id)
    const logGroup = new LogGroup(this, 'Log', {
      retention: props.deployment.keep.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    })
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn])

    this.lambda = new LambdaFunction(this, 'Function', {
      code: Code.fromAsset(join(props.deployment.bundles, props.name)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize ?? 512,
      timeout: props.timeout ?? Duration.seconds(10),
      loggingFormat: LoggingFormat.JSON,
      // Start and report of every invocation would be most of the log; metrics count and time invocations anyway.
      systemLogLevelV2: SystemLogLevel.WARN,
      logGroup,
      role: this.role,
      environment: {
        POWERTOOLS_SERVICE_NAME: props.service ?? props.name,
        // Environment values are text by nature; Env's keys and their presence were checked above.
        ...(props.environment as Record<string, string>),
      },
      ...(props.failures && { deadLetterQueue: props.failures }),
      ...(props.recursiveLoop && { recursiveLoop: props.recursiveLoop }),
    })
    // The role's policy must exist before the first event arrives.
    this.lambda.node.addDependency(this.role)

    Validations.of(this).acknowledge(
      {
        id: 'Serverless-LambdaTracing',
        reason:
          'X-Ray requires actions on resource *, which no role here has; W3C traceparent travels in messages and logs instead.',
      },
      ...(props.failures
        ? []
        : [
            {
              id: 'Serverless-LambdaDLQ',
              reason:
                'Never invoked asynchronously: a queue, a stream or an API calls it, and each handles its own failures.',
            },
          ]),
    )
  }

  /** Has it run in a network, through interfaces that Lambda makes there with the function's role. */
  enter({ subnets, securityGroups }: Network): void {
    const { defaultChild } = this.lambda.node
    if (!(defaultChild instanceof CfnFunction)) throw new Error('CDK made no function')
    defaultChild.vpcConfig = { subnetIds: [...subnets], securityGroupIds: [...securityGroups] }
    this.allow(networkInterfaces, ['*'])
    acknowledgeWildcard(
      this.role,
      '*',
      'Lambda makes network interfaces whose names nobody knows before, and checks that the role may do so to all.',
    )
  }

  /** Permits exactly these actions. */
  allow(
    actions: readonly string[],
    resources: readonly string[],
    conditions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ): void {
    this.role.addToPolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: [...resources],
        ...(conditions && { conditions }),
      }),
    )
  }
}
