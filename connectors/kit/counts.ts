import type { z } from 'zod'
import { read } from '../../domain/parse.ts'
import type { CountedArticle } from '../../domain/stock/counts.ts'

interface Counted {
  readonly counts: readonly CountedArticle[]
  /** Why items of the page could not be read. */
  readonly refused: readonly string[]
}

/** The articles of a page; `articleOf` returns `undefined` for one that counts nowhere. */
export function countedOn<T extends z.ZodType>(
  page: readonly unknown[],
  schema: T,
  articleOf: (item: z.infer<T>) => CountedArticle | undefined,
): Counted {
  const counts: CountedArticle[] = []
  const refused: string[] = []
  for (const [n, each] of page.entries()) {
    const item = read(schema, each)
    if (!item.ok) refused.push(`item ${n + 1} of a page: ${item.error.reason}`)
    else counts.push(...[articleOf(item.value)].filter((article) => article !== undefined))
  }
  return { counts, refused }
}

/**
 * What is asked in the address of the next page that a vendor names: where it is asked is ours to say. `undefined` when the
 * address is not of this path, or asks nothing.
 */
export function queryOf(address: string, path: string): string | undefined {
  const url = URL.parse(address, 'https://vendor.invalid')
  return url?.pathname.endsWith(path) && url.search !== '' ? url.search.slice(1) : undefined
}
