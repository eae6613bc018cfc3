/** Why personal data is read. Every read states a purpose, and the log records it. */
export type Purpose =
  /** Sending the order or a change to an ERP. */
  | 'post-order'
  /** Releasing it to a warehouse. */
  | 'release'
  /** Updating its channel. */
  | 'update-channel'
  /** Applying edits to a new version of a document. */
  | 'keep-edits'
  /** Removing personal data from a system's text. */
  | 'cleanse'
  /** A person edits a field. */
  | 'edit'
  /** A person reads it and states why. */
  | 'desk'
  /** A customer requests disclosure. */
  | 'data-request'
