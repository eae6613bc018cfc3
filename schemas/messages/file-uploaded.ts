import { z } from 'zod'

/**
 * The parts we read of S3's notification that an object was created.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export const FileUploaded = z.object({
  /** To the second. */
  time: z.iso.datetime().transform((at) => new Date(at).toISOString()),
  detail: z.object({
    object: z.object({
      /** Not URL-encoded, unlike in S3's own notifications. */
      key: z.string(),
    }),
  }),
})
export type FileUploaded = z.infer<typeof FileUploaded>
