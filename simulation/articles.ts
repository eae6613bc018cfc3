import { skus } from '../local/demo/made-up-orders.ts'

/** What a warehouse calls something, in its own words, and of how many articles it is made. */
interface Piece {
  readonly sku: string
  readonly per: number
}

const bundles: Readonly<Record<string, readonly Piece[]>> = {
  'KETTLE-1L': [
    { sku: 'KETTLE', per: 1 },
    { sku: 'MUG-STONE', per: 1 },
  ],
}

/** The articles behind what shops sell: each is one, but for a kettle that comes with a mug. */
export const piecesOf = (sku: string): readonly Piece[] => bundles[sku] ?? [{ sku, per: 1 }]

/** Everything that made-up orders are for, in the words of the warehouses. */
export const articles: readonly string[] = [
  ...new Set(skus.flatMap((sku) => piecesOf(sku).map((piece) => piece.sku))),
]

/** What a warehouse calls a bundle, as cross-references have it. */
export const namesAt = (warehouse: string) =>
  Object.entries(bundles).map(([code, pieces]) => ({
    connection: warehouse,
    kind: 'sku',
    code,
    names: [
      {
        from: '2026-01-01T00:00:00.000Z',
        components: pieces.map(({ sku, per }) => ({ sku, quantity: per })),
      },
    ],
  }))
