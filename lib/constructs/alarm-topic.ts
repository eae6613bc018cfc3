import { Stack, Validations } from 'aws-cdk-lib'
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct, type IConstruct } from 'constructs'

export interface AlarmTopicProps {
  readonly email: string
}

/** Where alarms are sent, encrypted and by TLS only. */
export class AlarmTopic extends Construct {
  private readonly topic: Topic

  constructor(scope: Construct, id: string, { email }: AlarmTopicProps) {
    super(scope, id)
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    })
    const key = new Key(this, 'Key', {
      description: 'Crossdock: alarms on their way to people',
      enableKeyRotation: true,
    })
    // CloudWatch may not use the key that AWS manages for SNS, so that an alarm would vanish silently.
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
      }),
    )
    this.topic = new Topic(this, 'Topic', {
      displayName: 'Crossdock alarms',
      masterKey: key,
      enforceSSL: true,
    })
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
      }),
    )
    this.topic.addSubscription(new EmailSubscription(email))
    Validations.of(this).acknowledge({
      id: 'Serverless-SNSRedrivePolicy',
      reason:
        'SNS keeps no dead letters for e-mail; the alarm itself stays red until it is cleared.',
    })
  }

  /** Sends every alarm under a scope here, and the message that it is over. */
  hearAll(scope: IConstruct): void {
    const action = new SnsAction(this.topic)
    for (const construct of scope.node.findAll()) {
      if (!(construct instanceof Alarm)) continue
      construct.addAlarmAction(action)
      construct.addOkAction(action)
    }
  }
}
