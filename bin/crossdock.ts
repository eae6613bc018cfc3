import { App } from 'aws-cdk-lib'
import cdk from '../cdk.json' with { type: 'json' }
import { bundle } from '../lib/bundle.ts'
import { Environment } from '../lib/environment.ts'
import { guard } from '../lib/guard.ts'
import { readSettings, SettingsError } from '../lib/settings.ts'

const app = new App({
  // The CDK CLI brings both; without it, `node bin/crossdock.ts` synthesizes the same.
  outdir: process.env['CDK_OUTDIR'] ?? 'cdk.out',
  context: cdk.context,
  analyticsReporting: false,
})

try {
  const deployment = readSettings(String(app.node.tryGetContext('environment') ?? 'demo'))
  await bundle(deployment)
  new Environment(app, deployment)
  guard(app)
  app.synth()
} catch (error) {
  if (!(error instanceof SettingsError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
