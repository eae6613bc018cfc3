import { z } from 'zod'
import type { Model } from './model.ts'
import { wildcard } from './policy.ts'
import type { Use } from './roles.ts'

/** One thing that a role may do: an action on a resource, and on one key where a condition names keys. */
export interface Grant {
  readonly role: string
  readonly action: string
  /** May hold wildcards. */
  readonly resource: string
  /** One of `dynamodb:LeadingKeys`, which may hold wildcards. */
  readonly key?: string
}

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat())

const Statement = z.looseObject({
  Effect: z.string(),
  Action: texts.default([]),
  Resource: texts.default([]),
  Condition: z.record(z.string(), z.record(z.string(), texts.catch([]))).default({}),
})

const Document = z.looseObject({
  Statement: z.preprocess((value) => [value].flat(), z.array(Statement)),
})

/** Everything that the roles of the assembly may do by their own policies, one by one. */
export function grantsIn(model: Model): readonly Grant[] {
  const arnOf = new Map(
    model.of('AWS::IAM::Role').map(({ attributes }) => [attributes.Ref, attributes['Arn'] ?? '']),
  )
  return [
    ...model
      .of('AWS::IAM::Policy')
      .flatMap(({ properties: { Roles = [], PolicyDocument } }) =>
        Roles.flatMap((role) => grantsOf(arnOf.get(role) ?? role, PolicyDocument)),
      ),
    ...model
      .of('AWS::IAM::Role')
      .flatMap(({ attributes, properties: { Policies = [] } }) =>
        Policies.flatMap(({ PolicyDocument }) => grantsOf(attributes['Arn'] ?? '', PolicyDocument)),
      ),
  ]
}

const grantsOf = (role: string, document: unknown): readonly Grant[] =>
  Document.parse(document)
    .Statement.filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource, Condition }) => {
      const keys = Object.values(Condition).flatMap((each) => each['dynamodb:LeadingKeys'] ?? [])
      return Action.flatMap((action) =>
        Resource.flatMap((resource): Grant[] =>
          keys.length === 0
            ? [{ role, action, resource }]
            : keys.map((key) => ({ role, action, resource, key })),
        ),
      )
    })

/** Whether this use needed this grant, or one that says the same. */
export function isUseOf(grant: Grant, { role, action, resource, context = {} }: Use): boolean {
  const keys = context['dynamodb:leadingkeys'] ?? []
  return (
    role === grant.role &&
    wildcard(grant.action.toLowerCase())(action.toLowerCase()) &&
    wildcard(grant.resource)(resource) &&
    (grant.key === undefined || keys.some(wildcard(grant.key)))
  )
}
