import { AwsClient } from 'aws4fetch'
import type { Cloud } from './cloud/cloud.ts'

/** Runs a function of the laptop's cloud by hand, as an operator would; `id` is how its name in the template begins. */
export async function runFunction(
  { awsUrl, region, operator, resources }: Cloud,
  id: string,
): Promise<void> {
  const found = resources().find(
    (one) => one.type === 'AWS::Lambda::Function' && one.id.startsWith(id),
  )
  if (!found) throw new Error(`there is no function whose name begins with ${id}`)
  const client = new AwsClient({ ...operator, region, service: 'lambda', retries: 0 })
  const url = `${awsUrl}/2015-03-31/functions/${found.name}/invocations`
  const response = await client.fetch(url, { method: 'POST', body: '{}' })
  if (response.headers.get('x-amz-function-error') || !response.ok) {
    throw new Error(`${found.name}: ${await response.text()}`)
  }
}
