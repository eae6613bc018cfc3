import { type Failure, retry } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'

interface Page<T> {
  readonly nodes: readonly T[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null }
}

/** The nodes of a connection from `first` on, to its end. */
export async function everyNode<T>(
  first: Page<T>,
  after: (cursor: string) => Promise<Result<Page<T>, Failure>>,
): Promise<Result<readonly T[], Failure>> {
  const nodes = [...first.nodes]
  let { pageInfo } = first
  while (pageInfo.hasNextPage) {
    if (!pageInfo.endCursor) return err(retry('shopify promised a further page and named none'))
    const next = await after(pageInfo.endCursor)
    if (!next.ok) return next
    nodes.push(...next.value.nodes)
    pageInfo = next.value.pageInfo
  }
  return ok(nodes)
}
