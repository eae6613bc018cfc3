import { z } from 'zod'

/** One value of one metric, as a function wrote it in CloudWatch's embedded metric format. */
export interface Metric {
  readonly function: string
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly unit: string
  readonly values: readonly number[]
  /** Milliseconds since the epoch. */
  readonly at: number
}

const Embedded = z.looseObject({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string().optional() })),
      }),
    ),
  }),
})

const Values = z.union([z.number().transform((value) => [value]), z.array(z.number())])

/** The metrics in one log line, one for each set of dimensions; none when the line holds no metric. */
export function metricsIn(functionName: string, line: string): readonly Metric[] {
  if (!line.startsWith('{') || !line.includes('"_aws"')) return []
  const embedded = Embedded.safeParse(parseOrNull(line))
  if (!embedded.success) return []
  const fields = embedded.data
  return fields._aws.CloudWatchMetrics.flatMap((directive) =>
    directive.Metrics.flatMap((metric) => {
      const values = Values.safeParse(fields[metric.Name])
      if (!values.success) return []
      return directive.Dimensions.map((names) => ({
        function: functionName,
        namespace: directive.Namespace,
        name: metric.Name,
        dimensions: Object.fromEntries(names.map((name) => [name, String(fields[name])])),
        unit: metric.Unit ?? 'None',
        values: values.data,
        at: fields._aws.Timestamp,
      }))
    }),
  )
}

function parseOrNull(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
