/** What was done, as text for the log. */
export interface Performed {
  readonly did: string
  readonly next?: string
  readonly reason?: string
}
