/** Arguments of a connection. */
export interface Slice {
  readonly first?: number
  readonly after?: string
}

/** One page of `items`; a cursor is a position. */
export function connection<T>(items: readonly T[], { first = 0, after }: Slice) {
  const start = after === undefined || after === null ? 0 : positionOf(after) + 1
  const nodes = items.slice(start, start + first)
  const end = start + nodes.length
  return {
    nodes,
    pageInfo: {
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
      startCursor: nodes.length > 0 ? cursorOf(start) : null,
      endCursor: nodes.length > 0 ? cursorOf(end - 1) : null,
    },
  }
}

const cursorOf = (position: number): string => Buffer.from(`at:${position}`).toString('base64url')
const positionOf = (cursor: string): number =>
  Number(/^at:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1] ?? -1)
