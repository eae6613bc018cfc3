import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'

/** One stack of a cloud assembly, as CDK wrote it. */
export interface Stack {
  readonly name: string
  /** Undefined when the stack is not bound to one. */
  readonly account: string | undefined
  readonly region: string | undefined
  readonly template: Template
  /** Directories of the assets, by hash. */
  readonly assets: ReadonlyMap<string, string>
}

type Template = z.infer<typeof Template>

const Template = z.strictObject({
  AWSTemplateFormatVersion: z.string().optional(),
  Description: z.string().optional(),
  Metadata: z.unknown().optional(),
  Rules: z.unknown().optional(),
  Parameters: z.record(z.string(), z.looseObject({ Default: z.unknown().optional() })).optional(),
  Conditions: z.record(z.string(), z.unknown()).optional(),
  Outputs: z
    .record(
      z.string(),
      z.looseObject({
        Value: z.unknown(),
        Export: z.object({ Name: z.unknown() }).optional(),
        Condition: z.string().optional(),
      }),
    )
    .optional(),
  Resources: z
    .record(
      z.string(),
      z.strictObject({
        Type: z.string(),
        Properties: z.record(z.string(), z.unknown()).optional(),
        Condition: z.string().optional(),
        DependsOn: z.unknown().optional(),
        DeletionPolicy: z.unknown().optional(),
        UpdateReplacePolicy: z.unknown().optional(),
        Metadata: z.unknown().optional(),
      }),
    )
    .optional(),
})

const Manifest = z.looseObject({
  artifacts: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      environment: z.string().optional(),
      properties: z
        .looseObject({
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          directoryName: z.string().optional(),
        })
        .optional(),
    }),
  ),
})

const Assets = z.looseObject({
  files: z.record(
    z.string(),
    z.looseObject({ source: z.looseObject({ path: z.string().optional() }) }),
  ),
})

/** Every stack under a `cdk.out`, nested stage assemblies included. */
export function readAssembly(directory: string): readonly Stack[] {
  const path = join(directory, 'manifest.json')
  if (!existsSync(path))
    throw new Error(`${directory} is not a cloud assembly: run \`cdk synth\` first`)
  const { artifacts } = Manifest.parse(readJson(path))
  return Object.entries(artifacts).flatMap(([id, artifact]) => {
    if (artifact.type === 'cdk:cloud-assembly') {
      return readAssembly(join(directory, artifact.properties?.directoryName ?? id))
    }
    if (artifact.type !== 'aws:cloudformation:stack') return []
    return [readStack(directory, id, artifact.properties ?? {}, artifact.environment)]
  })
}

function readStack(
  directory: string,
  id: string,
  properties: {
    readonly templateFile?: string | undefined
    readonly stackName?: string | undefined
  },
  environment: string | undefined,
): Stack {
  const templateFile = properties.templateFile ?? `${id}.template.json`
  const [account, region] = (environment ?? '').replace('aws://', '').split('/')
  const template = Template.safeParse(readJson(join(directory, templateFile)))
  if (!template.success) {
    throw new Error(`${templateFile}: ${z.prettifyError(template.error)}`)
  }
  return {
    name: properties.stackName ?? id,
    account: known(account),
    region: known(region),
    template: template.data,
    assets: readAssets(directory, id),
  }
}

function readAssets(directory: string, id: string): ReadonlyMap<string, string> {
  const path = join(directory, `${id}.assets.json`)
  if (!existsSync(path)) return new Map()
  const { files } = Assets.parse(readJson(path))
  return new Map(
    Object.entries(files).flatMap(([hash, file]) =>
      file.source.path === undefined ? [] : [[hash, resolve(directory, file.source.path)]],
    ),
  )
}

function known(part: string | undefined): string | undefined {
  return part === undefined || part === '' || part.startsWith('unknown-') ? undefined : part
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
