/** Why personal data is read. Whoever opens an order names one, and the log keeps it. */
export type Purpose =
  /** An ERP gets the order, or a change of it. */
  | 'post-order'
  /** A warehouse gets it. */
  | 'release'
  /** Its channel is told something. */
  | 'update-channel'
  /** A new version of a document gets the edits that still hold. */
  | 'keep-edits'
  /** A system's words about it are cleansed of them. */
  | 'cleanse'
  /** A person changes a field. */
  | 'edit'
  /** A person reads it; what for, they say themselves. */
  | 'desk'
  /** A customer wants to know what is kept. */
  | 'data-request'
