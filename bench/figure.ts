/** One figure, what it was measured against, and how. */
export interface Figure {
  readonly name: string
  readonly value: string
  readonly goal: string
  readonly how: string
}
