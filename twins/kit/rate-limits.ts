/** Requests in a window that slides behind now: how many are left, or, when `left` is negative, how long to wait. */
export function slidingLimit(
  now: () => Date,
  { most, seconds }: { readonly most: number; readonly seconds: number },
) {
  const taken: number[] = []
  return (): { readonly left: number; readonly waitSeconds: number } => {
    const at = now().getTime()
    while ((taken[0] ?? at) <= at - seconds * 1000) taken.shift()
    const [first = at] = taken
    if (taken.length >= most) return { left: -1, waitSeconds: seconds + (first - at) / 1000 }
    taken.push(at)
    return { left: most - taken.length, waitSeconds: 0 }
  }
}

/** Requests at one time; false when no place is free. A request takes a moment, so that those of one moment meet. */
export function places(most: number): () => Promise<boolean> {
  let busy = 0
  return async () => {
    if (busy >= most) return false
    busy += 1
    await new Promise((resolve) => setImmediate(resolve))
    busy -= 1
    return true
  }
}
