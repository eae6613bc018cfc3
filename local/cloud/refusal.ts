/** The cloud does not start: every reason at once, each with the stack, the logical id and what to change. */
export class Refused extends Error {
  readonly reasons: readonly string[]

  constructor(reasons: readonly string[]) {
    super(
      `the local cloud rejects this assembly:\n${reasons.map((reason) => `  - ${reason}`).join('\n')}`,
    )
    this.name = 'Refused'
    this.reasons = reasons
  }
}

/** Notes one reason; reading goes on, so that a person sees all of them. */
export type Refuse = (reason: string) => void
