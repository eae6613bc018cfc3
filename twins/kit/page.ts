interface Slice<T, K> {
  readonly key: (item: T) => K
  readonly after: K
  readonly size: number
}

/** The next page in the order of `key`: items that come in meanwhile move no other to the next page. */
export function pageAfter<T, K extends string | number>(
  items: readonly T[],
  { key, after, size }: Slice<T, K>,
) {
  const rest = items
    .filter((item) => key(item) > after)
    .toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  const page = rest.slice(0, size)
  return { page, last: page.at(-1), hasMore: page.length < rest.length, left: rest.length }
}
