import type { TwinWorld } from './twin.ts'

/** What a twin is to do by itself, kept with its documents. */
export function agenda<Task>({ documents, now }: Pick<TwinWorld, 'documents' | 'now'>, id: string) {
  interface Due {
    readonly task: Task
    readonly atMs: number
  }
  // Only this file writes the kind.
  const all = () => (documents.get('agenda', id) ?? []) as readonly Due[]
  return {
    plan(tasks: readonly { readonly task: Task; readonly afterMs: number }[]): void {
      const due = tasks.map(({ task, afterMs }) => ({ task, atMs: now().getTime() + afterMs }))
      documents.put('agenda', id, [...all(), ...due])
    },
    /** Crosses off what is done only then: a twin that is killed meanwhile does it again. */
    doWhatIsDue(act: (task: Task) => void): void {
      const at = now().getTime()
      const due = all().filter(({ atMs }) => atMs <= at)
      if (due.length === 0) return
      for (const { task } of due) act(task)
      documents.put(
        'agenda',
        id,
        all().filter(({ atMs }) => atMs > at),
      )
    },
  }
}
