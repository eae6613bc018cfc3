import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

/** What other stacks can hold on to of a stack, and what it holds on to of others. */
export type DeployedStack = z.infer<typeof DeployedStack>

const DeployedStack = z.object({
  name: z.string(),
  /** The value of each export, as the template has it. */
  exports: z.record(z.string(), z.string()),
  imports: z.array(z.string()),
  /** Physical names of its tables. */
  tables: z.array(z.string()).default([]),
})

interface Synthesized {
  readonly name: string
  readonly template: {
    readonly Outputs?: Outputs | undefined
    readonly Resources?: Resources | undefined
  }
}

type Resources = Readonly<
  Record<
    string,
    {
      readonly Type: string
      readonly Properties?: Readonly<Record<string, unknown>> | undefined
    }
  >
>

type Outputs = Readonly<
  Record<
    string,
    { readonly Value: unknown; readonly Export?: { readonly Name: unknown } | undefined }
  >
>

export function deployedStack({ name, template }: Synthesized): DeployedStack {
  const exported = Object.values(template.Outputs ?? {}).filter((output) => output.Export)
  return {
    name,
    exports: Object.fromEntries(
      exported.map(({ Value, Export }) => [String(Export?.Name), JSON.stringify(Value)]),
    ),
    imports: [...new Set(importsIn(template))],
    tables: Object.values(template.Resources ?? {})
      .filter(({ Type }) => Type === 'AWS::DynamoDB::GlobalTable')
      .flatMap(({ Properties }) => Properties?.['TableName'] ?? [])
      .map(String),
  }
}

/**
 * Why CloudFormation would refuse to bring one set of stacks to another, in the order of `cdk deploy`: an exporting stack before those
 * that import from it. While a stack imports an export, the export can neither go nor change. Stacks that are no longer
 * synthesized stay deployed.
 */
export function refusedUpdates(
  before: readonly DeployedStack[],
  after: readonly DeployedStack[],
): string[] {
  const deployed = new Map(before.map((stack) => [stack.name, stack]))
  const refused: string[] = []
  for (const stack of inOrderOfDeployment(after)) {
    const others = () => [...deployed.values()].filter(({ name }) => name !== stack.name)
    for (const [name, value] of Object.entries(deployed.get(stack.name)?.exports ?? {})) {
      if (stack.exports[name] === value) continue
      const users = others().filter(({ imports }) => imports.includes(name))
      const change = stack.exports[name] === undefined ? 'deleted' : 'changed'
      refused.push(
        ...users.map(
          (user) => `${stack.name}: export ${name} cannot be ${change}, ${user.name} imports it`,
        ),
      )
    }
    const known = others().flatMap(({ exports }) => Object.keys(exports))
    const missing = stack.imports.filter((name) => !known.includes(name))
    refused.push(...missing.map((name) => `${stack.name}: there is no export ${name}`))
    deployed.set(stack.name, stack)
  }
  return refused
}

const remembered = (file: string): readonly DeployedStack[] =>
  existsSync(file) ? z.array(DeployedStack).parse(JSON.parse(readFileSync(file, 'utf8'))) : []

/** The tables that the stacks of the last start had. */
export const tablesOf = (file: string): ReadonlySet<string> =>
  new Set(remembered(file).flatMap(({ tables }) => tables))

/** Compares with what a file remembers of the last start, and remembers these stacks if nothing is refused. */
export function updateStacks(file: string, stacks: readonly Synthesized[]): string[] {
  const before = remembered(file)
  const after = stacks.map(deployedStack)
  const refused = refusedUpdates(before, after)
  if (refused.length === 0) {
    const names = new Set(after.map(({ name }) => name))
    const orphans = before.filter(({ name }) => !names.has(name))
    writeFileSync(file, JSON.stringify([...orphans, ...after]))
  }
  return refused
}

function inOrderOfDeployment(stacks: readonly DeployedStack[]): readonly DeployedStack[] {
  const ordered = new Set<DeployedStack>()
  const visit = (stack: DeployedStack): void => {
    if (ordered.has(stack)) return
    for (const other of stacks) {
      if (other !== stack && stack.imports.some((name) => name in other.exports)) visit(other)
    }
    ordered.add(stack)
  }
  for (const stack of stacks) visit(stack)
  return [...ordered]
}

function importsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) =>
    key === 'Fn::ImportValue' ? [String(each)] : importsIn(each),
  )
}
