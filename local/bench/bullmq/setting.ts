/** What every role of the comparison is started with. */
export interface Setting {
  readonly redisPort: number
  readonly apiPort: number
  /** By connection. */
  readonly connections: Readonly<
    Record<
      string,
      {
        readonly own: unknown
        readonly hosts: readonly string[]
        readonly secret: Readonly<Record<string, unknown>>
      }
    >
  >
}
