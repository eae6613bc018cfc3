import { App } from 'aws-cdk-lib'
import { FAIL_SYNTH_ON_VALIDATION_ERRORS_CONTEXT } from 'aws-cdk-lib/cx-api'
import cdk from '../cdk.json' with { type: 'json' }
import { bundle } from '../lib/bundle.ts'
import { guard } from '../lib/guard.ts'
import { Environment } from '../lib/settings/environment.ts'
import { readSettings, SettingsError } from '../lib/settings/settings.ts'

const app = new App({
  // The CDK CLI brings both; without it, `node bin/crossdock.ts` synthesizes the same.
  outdir: process.env['CDK_OUTDIR'] ?? 'cdk.out',
  context: cdk.context,
  // The CLI would judge only the stacks it was asked for: plain `cdk synth` asks for none inside a stage.
  postCliContext: { [FAIL_SYNTH_ON_VALIDATION_ERRORS_CONTEXT]: true },
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
