import type { z } from 'zod'
import { type Invalid, invalid } from '../../domain/invalid.ts'
import type { Implausible } from '../../domain/plausible.ts'
import {
  type ProblemDetails,
  type ProblemKind,
  problemKinds,
  type Wrong,
} from '../../schemas/api/problem.ts'

/** Problem details; of the request, only numbers and ids are repeated. */
export const problem = (
  kind: ProblemKind,
  detail: string,
  errors?: readonly Wrong[],
): ProblemDetails => ({
  type: `docs/api.md#${kind}`,
  ...problemKinds[kind],
  detail,
  ...(errors && { errors: [...errors] }),
})

/** A bad request with its first fifty errors. */
export function badRequest(wrongs: readonly Wrong[]): ProblemDetails {
  const many = wrongs.length === 1 ? 'one error' : `${wrongs.length} errors`
  return problem('bad-request', `The request has ${many}; see "errors".`, wrongs.slice(0, 50))
}

/** zod's issues with their place and correction. */
export const wrongsOf = (
  error: z.ZodError | undefined,
  place: (path: readonly PropertyKey[]) => Pick<Wrong, 'pointer' | 'parameter'>,
): Wrong[] =>
  (error?.issues ?? []).flatMap((issue): Wrong[] => {
    if (issue.code !== 'unrecognized_keys') {
      const said = invalid(issue)
      const where = place(issue.path)
      return [{ ...where, ...('parameter' in where ? withoutQuotes(said) : said) }]
    }
    return issue.keys.map((key) => ({
      ...place([...issue.path, key]),
      detail: 'is an unknown field',
      fix: 'remove it, or check its spelling',
    }))
  })

/** Parameters as given; a repeated parameter is a list. */
export type Query = Readonly<Record<string, string | readonly string[]>>

/** The same for query parameters, some of which may not be repeated. */
export function wrongsOfQuery(error: z.ZodError | undefined, query: Query): Wrong[] {
  const isOne = ({ code, path: [name, ...inside] }: z.core.$ZodIssue) =>
    (code === 'invalid_type' || code === 'invalid_value') &&
    inside.length === 0 &&
    Array.isArray(query[String(name)])
  const repeated = new Set(error?.issues.filter(isOne).map(({ path }) => String(path[0])))
  const others = wrongsOf(error, inParameters).filter(
    ({ parameter = '' }) => !repeated.has(parameter),
  )
  const once = { detail: 'is given more than once', fix: 'write it once' }
  return [...[...repeated].map((parameter) => ({ parameter, ...once })), ...others]
}

/** A JSON Pointer in a URI fragment. */
export const inBody = (path: readonly PropertyKey[]): Pick<Wrong, 'pointer'> => ({
  pointer: `#${path.map((key) => `/${escaped(String(key))}`).join('')}`,
})

/** An implausible time in a body. */
export const wrongMoment = ({ path, wrong }: Implausible): Wrong => ({
  ...inBody(path),
  detail: wrong,
  fix: 'write the intended time in ISO 8601, and check the clock',
})

/** A parameter of the path, the query or the headers. */
export const inParameters = ([name]: readonly PropertyKey[]): Pick<Wrong, 'parameter'> => ({
  parameter: String(name),
})

const escaped = (key: string): string =>
  encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))

/** Parameters are not JSON. */
const withoutQuotes = ({ detail, fix }: Invalid) => {
  const bare = (text: string) => text.replace(/ (?:in|without) quotes/, '')
  return { detail: bare(detail), fix: bare(fix) }
}
