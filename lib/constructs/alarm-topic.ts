import { Stack, Validations } from 'aws-cdk-lib'
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct, type IConstruct } from 'constructs'

export interface AlarmTopicProps {
  readonly environment: string
  readonly email: string
}

/**
 * Where alarms are sent, by TLS only. SNS encrypts what it keeps; a key of ours would cost a dollar a month for sentences that leave by
 * e-mail, and AWS's own key for SNS is one that CloudWatch may not use.
 */
export class AlarmTopic extends Construct {
  private readonly name: string

  constructor(scope: Construct, id: string, { environment, email }: AlarmTopicProps) {
    super(scope, id)
    this.name = `crossdock-${environment}-alarms`
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    })
    const topic = new Topic(this, 'Topic', {
      topicName: this.name,
      displayName: 'Crossdock alarms',
      enforceSSL: true,
    })
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
      }),
    )
    topic.addSubscription(new EmailSubscription(email))
    Validations.of(this).acknowledge({
      id: 'Serverless-SNSRedrivePolicy',
      reason:
        'SNS has no dead letters for e-mail; the alarm stays red in CloudWatch until it clears.',
    })
  }

  /**
   * Sends every alarm under a scope here, and the message that it is over. Alarms know the topic by its name: an import from this
   * stack would keep the topic from being removed again.
   */
  hearAll(scope: IConstruct): void {
    for (const construct of scope.node.findAll()) {
      if (!(construct instanceof Alarm)) continue
      const alarmActionArn = Stack.of(construct).formatArn({ service: 'sns', resource: this.name })
      const action = { bind: () => ({ alarmActionArn }) }
      construct.addAlarmAction(action)
      construct.addOkAction(action)
    }
  }
}
