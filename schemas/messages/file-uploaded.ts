import { z } from 'zod'

/**
 * What S3 tells EventBridge when somebody put an object into a bucket, as far as it is read.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export const FileUploaded = z.object({
  /** To the second. */
  time: z.iso.datetime().transform((at) => new Date(at).toISOString()),
  detail: z.object({
    object: z.object({
      /** As it is, not encoded as in S3's own notifications. */
      key: z.string(),
    }),
  }),
})
export type FileUploaded = z.infer<typeof FileUploaded>
