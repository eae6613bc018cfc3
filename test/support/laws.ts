/** How often a law is tried. The seed is fixed so that a red build stays red; `SEED=n` explores others. */
export const tries = (numRuns: number) => ({
  numRuns,
  // A walk has so many parts that shrinking one to its last could take minutes.
  interruptAfterTimeLimit: 20_000,
  seed: Number(process.env['SEED'] ?? 20_261_121),
})
