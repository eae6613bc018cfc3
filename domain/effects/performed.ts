/** What was done, in words for the log. */
export interface Performed {
  readonly did: string
  readonly next?: string
  readonly reason?: string
}
