import { parseArgs } from 'node:util'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SNSClient } from '@aws-sdk/client-sns'
import { readSettings } from '../lib/settings/settings.ts'
import { diagnose } from './doctor/diagnose.ts'
import { gather } from './doctor/gather.ts'

const help = `Reports what keeps an environment from working: secrets, credentials at each vendor, quotas, alarms, settings.

  npm run doctor -- --environment E

It reads with your AWS credentials and changes nothing. The exit status is 1 if it finds a problem.
`

try {
  const { values } = parseArgs({
    options: { environment: { type: 'string' }, help: { type: 'boolean' } },
  })
  if (values.help) process.stdout.write(help)
  else process.exitCode = await examine(values.environment)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

async function examine(environment: string | undefined): Promise<number> {
  if (environment === undefined) throw new Error('Name an environment: --environment production.')
  const settings = readSettings(environment)
  const place = settings.region === undefined ? {} : { region: settings.region }
  const facts = await gather(settings, {
    secrets: new SecretsManagerClient(place),
    lambda: new LambdaClient(place),
    sns: new SNSClient(place),
  })
  const findings = diagnose(facts)
  for (const { what, remedy } of findings) process.stdout.write(`${what}.\n  ${remedy}\n`)
  if (findings.length === 0) process.stdout.write(`${environment}: no problems found.\n`)
  return findings.length === 0 ? 0 : 1
}
