import { type Failure, retry } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[]
  /** What to ask for the next page with; absent on the last. */
  readonly next?: string | undefined
}

/** Every item of a list. A vendor that names a page for the second time fails with `retry`: it would go on for ever. */
export async function everyItem<T>(
  read: (cursor: string | undefined) => Promise<Result<Page<T>, Failure>>,
): Promise<Result<readonly T[], Failure>> {
  const items: T[] = []
  const seen = new Set<string>()
  for (let cursor: string | undefined; ; ) {
    const page = await read(cursor)
    if (!page.ok) return page
    items.push(...page.value.items)
    cursor = page.value.next
    if (cursor === undefined) return ok(items)
    if (seen.has(cursor)) return err(retry('the pages of a list go in circles'))
    seen.add(cursor)
  }
}
